import { statfs } from "node:fs/promises";
import type { Metric } from "../../model/model.ts";
import type { ServiceInstruments } from "./event-metrics.ts";
import type { Reading } from "./instruments.ts";
import type { OpenWork } from "./open-work.ts";
import type { PlatformLimits, PlatformState } from "./platform-state.ts";
import { byLabel, oneOrZero, plain } from "./readings.ts";

interface GaugeOptions {
  on: ServiceInstruments;
  state: PlatformState;
  work: OpenWork;
  limits: PlatformLimits;
  metrics: readonly Metric[];
}

/** Has WeatherVane's gauges read: what exists once for the platform by the process that holds the scheduler's lease alone. */
export function observeWeathervane(options: GaugeOptions): void {
  const { on, state, work, limits, metrics } = options;
  const autopilot = on("autopilot");
  const stages = declared(metrics, "weathervane_tasks_in_flight", "stage");
  autopilot.observe("weathervane_resolution_loops_active", () => work.loops(stages).active);
  autopilot.observe("weathervane_resolution_attempts", () => work.loops(stages).attempts);
  autopilot.observe("weathervane_running_task_tokens", () => work.runningTokens());
  autopilot.observe("weathervane_evidence_oldest_uncompressed_seconds", async () =>
    plain(await state.oldestUncompressedSeconds()),
  );
  on("dashboard-api").observe("weathervane_dashboard_sessions", () => plain(state.liveStreams()));
  observeOnce(options, stages);
  observeEvidenceDisk(on, limits.evidenceFolder);
}

/** Queue, breakers, mode and token budget. */
function observeOnce({ on, state, limits, metrics }: GaugeOptions, stages: readonly string[]): void {
  const once = (name: string, read: () => Reading[] | Promise<Reading[]>) =>
    on("autopilot").observe(name, async () => ((await state.isLeader()) ? read() : []));
  const breakers = declared(metrics, "weathervane_breaker_open", "breaker");
  const modes = declared(metrics, "weathervane_mode", "mode");
  once("weathervane_tasks_in_flight", async () => {
    const { running } = await state.work();
    return stages.map((stage) => ({ labels: { stage }, value: running[stage] ?? 0 }));
  });
  once("weathervane_tasks_pending", async () => byLabel("priority", (await state.work()).pending));
  once("weathervane_breaker_open", () => oneOrZero("breaker", breakers, new Set(state.openBreakers())));
  once("weathervane_mode", () => oneOrZero("mode", modes, new Set([state.mode()])));
  once("weathervane_token_budget_used_tokens", async () => plain(await state.tokensOfHour()));
  once("weathervane_token_budget_limit_tokens", () => plain(limits.tokensPerHour));
}

/** All values that a metric's label may have. */
function declared(metrics: readonly Metric[], metric: string, label: string): string[] {
  const values = metrics.find(({ name }) => name === metric)?.labels[label];
  return Array.isArray(values) ? values : [];
}

/** Space of the file system that holds the evidence, as the file system itself counts it. */
function observeEvidenceDisk(on: ServiceInstruments, folder: string): void {
  const mountpoint = { system_filesystem_mountpoint: "/evidence" };
  on("autopilot").observe("system_filesystem_usage_bytes", async () => {
    const { blocks, bfree, bavail, bsize } = await statfs(folder);
    const bytes = { used: blocks - bfree, free: bavail, reserved: bfree - bavail };
    return Object.entries(bytes).map(([system_filesystem_state, count]) => ({
      labels: { ...mountpoint, system_filesystem_state },
      value: count * bsize,
    }));
  });
  on("autopilot").observe("system_filesystem_limit_bytes", async () => {
    const { blocks, bsize } = await statfs(folder);
    return [{ labels: mountpoint, value: blocks * bsize }];
  });
}
