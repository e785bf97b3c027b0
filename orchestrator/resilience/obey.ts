import type { Restrictions } from "./restrictions.ts";

/** What running work obeys; new work and its size are asked for where it is accepted. */
export interface Obeying {
  /** Holds every run before its next step; they keep their state. */
  pauseAll(): Promise<void>;
  resumeAll(): Promise<void>;
  /** Ends all runs that were started and have not ended. */
  cancelRunning(): Promise<void>;
}

/**
 * Has running work do what the modes and breakers ask: goes on, waits or ends. Called again and again: what others let go on is held again while
 * this process sees a reason, and is let go on by the one that saw the reason go; also at the start, since who held it may be gone.
 */
export function obedience(runs: Obeying): (restrictions: Pick<Restrictions, "running">) => Promise<void> {
  let before: Restrictions["running"] | undefined;
  return async ({ running }) => {
    if (running === "ends") await runs.cancelRunning();
    if (running !== "goes-on") await runs.pauseAll();
    else if (before !== "goes-on") await runs.resumeAll();
    before = running;
  };
}
