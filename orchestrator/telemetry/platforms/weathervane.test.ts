import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Platform } from "../../../model/model.ts";
import { loadProject } from "../../../model/project.ts";
import { rootFolder } from "../../../tests/structure/source-files.ts";
import type { DomainEvent } from "../../domain/event.ts";
import { countEvent } from "../event-metrics.ts";
import { createInstruments, type Instruments } from "../instruments.ts";
import { openWork } from "../open-work.ts";
import type { PlatformState } from "../platform-state.ts";
import { observeProcess } from "../process-metrics.ts";
import { weathervane } from "./weathervane.ts";

const { model } = await loadProject(rootFolder, { platforms: ["weathervane"] });
const platform = model.platforms.find(({ name }) => name === "weathervane") as Platform;
const services = ["autopilot", "dashboard-api"];

const limits = {
  ...{ runs: () => 10, queuedRuns: 1_000, byName: { "hourly-tokens": 100_000 } },
  version: "1.0.0",
};
/** What WeatherVane's gauges ask for. */
const state = {
  isLeader: async () => leader,
  work: async () => ({ pending: { urgent: 1, normal: 4, low: 0 }, running: { verify: 2 } }),
  openBreakers: () => ["file-io"],
  mode: () => "minimal",
  tokensOfHour: async () => 64_000,
  live: () => ({ streams: 2, sockets: { opening: 0, used: 0, idle: 0 } }),
  oldestUncompressedSeconds: async () => 0,
  evidenceSpace: async () => ({ size: 100, used: 60, free: 30, reserved: 10 }),
  databaseSilentSeconds: () => silentSeconds,
} satisfies Partial<PlatformState> as unknown as PlatformState;

let instruments: Map<string, Instruments>;
let misuses: string[];
let leader: boolean;
const silentSeconds = 0.5;
let work: ReturnType<typeof openWork>;
let stops: (() => void)[];

beforeEach(() => {
  [misuses, leader, work] = [[], true, openWork()];
  const onMisuse = (message: string) => misuses.push(message);
  instruments = new Map(
    services.map((service) => [
      service,
      createInstruments(platform.metrics, {
        service,
        unsourced: weathervane.unsourced.filter((one) => one.services?.includes(service) ?? true),
        onMisuse,
      }),
    ]),
  );
  stops = [...instruments.values()].map(observeProcess);
  for (const [service, reads] of Object.entries(weathervane.gauges))
    for (const read of reads)
      on(service).observeTogether(() => read({ state, work, limits, metrics: platform.metrics }));
});
afterEach(() => {
  for (const stop of stops) stop();
});

const on = (service: string) => instruments.get(service) as Instruments;
const happened = (...events: DomainEvent[]) => {
  for (const event of events) {
    countEvent(event, { table: weathervane.events, on });
    work.follow(event);
  }
};
const seriesOf = async (service: string, start: string) =>
  (await on(service).exposition())
    .split("\n")
    .filter((line) => line.startsWith(start) && !line.endsWith(" 0"));

describe("WeatherVane's metrics", () => {
  test("a task that runs through moves all that tells of tasks (WV-2, WV-5)", async () => {
    const runId = "0190f3a0-0000-7000-8000-000000000001";
    happened(
      { type: "run.started", runId, priority: "urgent", source: "api", waitedSeconds: 3 },
      { type: "stage.left", runId, stage: "spec", outcome: "passed", seconds: 20, retried: false },
      {
        ...{ type: "model.called", runId, provider: "anthropic", model: "small", stage: "spec", error: "" },
        ...{ inputTokens: 900, outputTokens: 300, costUsd: 0.02, seconds: 1.5, waitedSeconds: 0 },
      },
    );
    expect(await seriesOf("autopilot", "weathervane_running_task_tokens")).toEqual([
      `weathervane_running_task_tokens{task="${runId}"} 1200`,
    ]);
    happened({
      ...{ type: "run.finished", runId, workflow: "pipeline", priority: "urgent", outcome: "succeeded" },
      ...{
        project: "shop",
        steps: { succeeded: 8, failed: 0, skipped: 0 },
        seconds: 200,
        sinceAcceptedSeconds: 203,
        forPeopleSeconds: 0,
        tokens: 1200,
        costUsd: 0.02,
        evidenceBytes: 5e5,
        incident: false,
        intervention: true,
      },
    });
    expect(await seriesOf("autopilot", "weathervane_tasks_finished_total")).toEqual([
      'weathervane_tasks_finished_total{outcome="success",priority="urgent",incident="false",intervention="true"} 1',
    ]);
    expect(await seriesOf("autopilot", "weathervane_model_cost_usd_total")).toEqual([
      'weathervane_model_cost_usd_total{provider="anthropic",stage="spec"} 0.02',
    ]);
    expect(await seriesOf("autopilot", "weathervane_running_task_tokens")).toEqual([]);
    expect(misuses).toEqual([]);
  });

  test("tasks are counted by the variant that a flag put them on (WV-19)", async () => {
    const runId = "0190f3a0-0000-7000-8000-000000000009";
    const started = { type: "run.started", runId, priority: "low", source: "api", waitedSeconds: 0 } as const;
    happened(
      { ...started, flags: { "agent-instructions": { variant: "canary", value: "open-questions" } } },
      started,
    );
    expect(await seriesOf("autopilot", "weathervane_flag_evaluations_total")).toEqual([
      'weathervane_flag_evaluations_total{flag="agent-instructions",variant="canary"} 1',
    ]);
    expect(misuses).toEqual([]);
  });

  test("gates, loops and breakers move theirs (WV-3, WV-4, WV-6)", async () => {
    const runId = "0190f3a0-0000-7000-8000-000000000002";
    happened(
      { type: "gate.decided", runId, gate: "3", outcome: "rejected", reason: "tests-failed", quorum: true },
      { type: "gate.decided", runId, gate: "3", outcome: "rejected", quorum: false },
      { type: "resolution.opened", runId, stage: "verify", attempt: 1 },
      { type: "resolution.attempted", runId, stage: "verify", attempt: 3 },
      { type: "breaker.changed", breaker: "model-provider", state: "open", because: "5 failures" },
    );
    expect(await seriesOf("autopilot", "weathervane_gate_consensus_total")).toEqual([
      'weathervane_gate_consensus_total{gate="3",outcome="reached"} 1',
      'weathervane_gate_consensus_total{gate="3",outcome="missed"} 1',
    ]);
    expect(await seriesOf("autopilot", "weathervane_gate_decisions_total")).toHaveLength(1);
    expect(await seriesOf("autopilot", "weathervane_resolution_attempts")).toEqual([
      'weathervane_resolution_attempts{stage="verify"} 3',
    ]);
    expect(await seriesOf("autopilot", "weathervane_breaker_trips_total")).toEqual([
      'weathervane_breaker_trips_total{breaker="model-provider"} 1',
    ]);
    happened({ type: "resolution.closed", runId, stage: "verify", attempts: 3, outcome: "resolved" });
    expect(await seriesOf("autopilot", "weathervane_resolution_attempts")).toEqual([]);
    expect(misuses).toEqual([]);
  });

  test("what exists once for the platform is told by the holder of the scheduler's lease alone", async () => {
    const once =
      "weathervane_tasks_pending|weathervane_mode\\{|weathervane_breaker_open|weathervane_token_budget";
    const told = async () =>
      (await on("autopilot").exposition()).split("\n").filter((line) => new RegExp(`^(${once})`).test(line));
    expect(await told()).toContain('weathervane_mode{mode="minimal"} 1');
    expect(await told()).toContain('weathervane_tasks_pending{priority="normal"} 4');
    leader = false;
    expect(await told()).toEqual([]);
  });

  test("the disk of the evidence is told as the breaker file-io measures it", async () => {
    const used = await seriesOf("autopilot", "system_filesystem_usage_bytes");
    const [limit] = await seriesOf("autopilot", "system_filesystem_limit_bytes");
    const sum = used.reduce((bytes, line) => bytes + Number(line.split(" ").at(-1)), 0);
    expect([sum, limit?.split(" ").at(-1)]).toEqual([100, "100"]);
  });
});
