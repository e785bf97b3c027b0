import type { WorkReport } from "./agent-script.ts";

/** How many of an agent's newest pieces of work tell how tired it is, and of how few nothing can be said: our reading (AH-4). */
export const FATIGUE_OF = 20;
const FEWEST = 5;

/** What shows fatigue, each from 0 (fresh) to 1. What fills an agent's context is known to agents with models only. */
export interface Fatigue {
  errors: number;
  repetition: number;
  slowness: number;
}

/**
 * How tired an agent is by its newest pieces of work, the oldest first: the share that failed, the share that says again what another one said, and by how
 * much the later half took longer than the earlier (0.5: twice as long). All 0 of fewer than five. Pure.
 */
export function fatigueOf(reports: readonly WorkReport[]): Fatigue {
  const newest = reports.slice(-FATIGUE_OF);
  const { length } = newest;
  if (length < FEWEST) return { errors: 0, repetition: 0, slowness: 0 };
  const half = Math.floor(length / 2);
  const [early, late] = [median(newest.slice(0, half)), median(newest.slice(-half))];
  return {
    errors: newest.filter(({ outcome }) => outcome === "failed").length / length,
    repetition: (length - new Set(newest.map(({ said }) => said)).size) / (length - 1),
    slowness: late > early ? 1 - early / late : 0,
  };
}

function median(reports: readonly WorkReport[]): number {
  const seconds = reports.map((report) => report.seconds).sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? 0;
}
