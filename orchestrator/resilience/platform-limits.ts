import type { Platform } from "../../model/model.ts";
import type { Limit } from "../../model/resilience.ts";
import { type Resource, resources } from "./resource-usage.ts";
import type { SpawnTimes } from "./spawner.ts";

/** Where a platform's catalog says nothing of starting agents: AH-7 and AH-9. */
const usualTimes: SpawnTimes = {
  attempts: 3,
  waitSeconds: [2, 4],
  spawnSeconds: 30,
  terminateSeconds: 10,
  silenceSeconds: 5,
};

/** A limit of the platform by its name; nothing where the catalog has none of that name. */
export function limitOf({ limits }: Pick<Platform, "limits">, name: string): Limit | undefined {
  return limits.find((limit) => limit.name === name);
}

/** Where a platform's catalog says nothing of runs: WV-13 and NX-4. */
export const usualRuns: RunLimits = { runs: 10, queuedRuns: 1_000 };

/** Runs at once, and runs that may wait. */
export interface RunLimits {
  runs: number;
  queuedRuns: number;
}

/** What platforms call a run. */
const concurrent = ["concurrent-runs", "concurrent-tasks", "concurrent-workflows"];

/** How many runs the platform's catalog lets go on at once, and wait. */
export function runLimitsOf(platform: Pick<Platform, "limits">): RunLimits {
  const [atOnce] = concurrent.flatMap((name) => limitOf(platform, name) ?? []);
  return {
    runs: atOnce?.atMost ?? usualRuns.runs,
    queuedRuns: limitOf(platform, "queued-tasks")?.atMost ?? usualRuns.queuedRuns,
  };
}

/** How often and how long starting and ending an agent is tried, as the platform's catalog says. */
export function spawnTimesOf(platform: Pick<Platform, "limits">): SpawnTimes {
  const attempts = limitOf(platform, "spawn-attempts");
  return {
    attempts: attempts?.atMost ?? usualTimes.attempts,
    waitSeconds: attempts?.waitSeconds ?? usualTimes.waitSeconds,
    spawnSeconds: limitOf(platform, "spawn-time")?.atMost ?? usualTimes.spawnSeconds,
    terminateSeconds: limitOf(platform, "terminate-time")?.atMost ?? usualTimes.terminateSeconds,
    silenceSeconds: limitOf(platform, "agent-silence")?.atMost ?? usualTimes.silenceSeconds,
  };
}

/** What the guardian limits of a session, as far as the platform's catalog says. */
export function guardedLimitsOf(platform: Pick<Platform, "limits">): Partial<Record<Resource, Limit>> {
  const known = resources.flatMap((resource) => {
    const limit = limitOf(platform, `session-${resource}`);
    return limit ? [[resource, limit] as const] : [];
  });
  return Object.fromEntries(known);
}
