import type { Reading, Readings } from "../instruments.ts";
import { declaredValues, type GaugeOptions, type ReadGauges } from "../platform-telemetry.ts";
import { byLabel, oneOrZero, plain } from "../readings.ts";

/** What the autopilot's process knows by itself, also while the database does not answer. */
export const ownGauges: ReadGauges = async ({ state, work, metrics }) => {
  const stages = declaredValues(metrics, "weathervane_tasks_in_flight", "stage");
  const { active, attempts } = work.loops(stages);
  return {
    weathervane_resolution_loops_active: active,
    weathervane_resolution_attempts: attempts,
    weathervane_running_task_tokens: work.runningTokens(),
    weathervane_database_silent_seconds: plain(state.databaseSilentSeconds()),
    weathervane_evidence_oldest_uncompressed_seconds: plain(await state.oldestUncompressedSeconds()),
    ...(await evidenceDisk(state)),
  };
};

/** Queue, breakers, mode and token budget: what exists once for the platform, read by the process that tells it alone. */
export const platformGauges: ReadGauges = async ({ state, limits, metrics }) => {
  const stages = declaredValues(metrics, "weathervane_tasks_in_flight", "stage");
  const isLeader = await state.isLeader();
  const once = async (read: () => Reading[] | Promise<Reading[]>) => (isLeader ? await read() : []);
  const breakers = declaredValues(metrics, "weathervane_breaker_open", "breaker");
  const modes = declaredValues(metrics, "weathervane_mode", "mode");
  const { pending, running } = await state.work();
  return {
    weathervane_tasks_in_flight: await once(() =>
      stages.map((stage) => ({ labels: { stage }, value: running[stage] ?? 0 })),
    ),
    weathervane_tasks_pending: await once(() => byLabel("priority", pending)),
    weathervane_breaker_open: await once(() => oneOrZero("breaker", breakers, new Set(state.openBreakers()))),
    weathervane_mode: await once(() => oneOrZero("mode", modes, new Set([state.mode()]))),
    weathervane_token_budget_used_tokens: await once(async () => plain(await state.tokensOfHour())),
    weathervane_token_budget_limit_tokens: await once(() => plain(limits.byName["hourly-tokens"] ?? 0)),
  };
};

async function evidenceDisk(state: GaugeOptions["state"]): Promise<Record<string, Readings>> {
  const mountpoint = { system_filesystem_mountpoint: "/evidence" };
  const { size, ...bytes } = await state.evidenceSpace();
  return {
    system_filesystem_usage_bytes: Object.entries(bytes).map(([system_filesystem_state, value]) => ({
      labels: { ...mountpoint, system_filesystem_state },
      value,
    })),
    system_filesystem_limit_bytes: [{ labels: mountpoint, value: size }],
  };
}
