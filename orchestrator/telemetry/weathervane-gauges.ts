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
export function observeWeathervane({ on, state, work, limits, metrics }: GaugeOptions): void {
  const values = (metric: string, label: string): string[] => {
    const declared = metrics.find(({ name }) => name === metric)?.labels[label];
    return Array.isArray(declared) ? declared : [];
  };
  const once = (read: () => Reading[] | Promise<Reading[]>) => () => (state.isLeader() ? read() : []);
  const autopilot = on("autopilot");
  const stages = values("weathervane_tasks_in_flight", "stage");
  const breakers = values("weathervane_breaker_open", "breaker");
  const modes = values("weathervane_mode", "mode");
  autopilot.observe(
    "weathervane_tasks_in_flight",
    once(async () => {
      const { running } = await state.work();
      return stages.map((stage) => ({ labels: { stage }, value: running[stage] ?? 0 }));
    }),
  );
  autopilot.observe(
    "weathervane_tasks_pending",
    once(async () => byLabel("priority", (await state.work()).pending)),
  );
  autopilot.observe("weathervane_resolution_loops_active", () => work.loops(stages).active);
  autopilot.observe("weathervane_resolution_attempts", () => work.loops(stages).attempts);
  autopilot.observe("weathervane_running_task_tokens", () => work.runningTokens());
  autopilot.observe(
    "weathervane_breaker_open",
    once(() => oneOrZero("breaker", breakers, new Set(state.openBreakers()))),
  );
  autopilot.observe(
    "weathervane_mode",
    once(() => oneOrZero("mode", modes, new Set([state.mode()]))),
  );
  autopilot.observe(
    "weathervane_token_budget_used_tokens",
    once(async () => plain(await state.tokensOfHour())),
  );
  autopilot.observe(
    "weathervane_token_budget_limit_tokens",
    once(() => plain(limits.tokensPerHour)),
  );
  autopilot.observe("weathervane_evidence_oldest_uncompressed_seconds", async () =>
    plain(await state.oldestUncompressedSeconds()),
  );
  observeEvidenceDisk(on, limits.evidenceFolder);
  on("dashboard-api").observe("weathervane_dashboard_sessions", () => plain(state.liveStreams()));
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
