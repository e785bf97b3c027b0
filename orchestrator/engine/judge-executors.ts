import type { ExecutorSight } from "../store/executors.ts";

export interface Patience {
  /** Milliseconds for which an executor whose session is gone may yet come back with a new one: its connection may only have broken. */
  graceMs: number;
  /** Milliseconds without any sign of life after which an executor is given up even though the server still knows its session. */
  leaseMs: number;
}

/** A second for a broken connection; half a minute for a machine that went without closing its connections. */
export const usualPatience: Patience = { graceMs: 1_000, leaseMs: 30_000 };

/**
 * Tells which executors are dead, from what was seen of them again and again. All durations are this process's own: no clock of
 * another process, of the database, or of the wall has a say, so that none can make a living executor look dead by jumping. After
 * a pause in looking (the database was away, or this process was held up) the others get their grace anew.
 */
export function executorJudge({ graceMs, leaseMs }: Patience = usualPatience) {
  let seen = new Map<string, { beat: number; since: number; absentSince: number | undefined }>();
  let lastLook = Number.NEGATIVE_INFINITY;

  /** `now`: milliseconds of a clock that never goes back. */
  return (sights: readonly ExecutorSight[], now: number): string[] => {
    if (now - lastLook > graceMs) seen = new Map();
    lastLook = now;
    const current: typeof seen = new Map();
    for (const { id, beat, present } of sights) {
      const before = seen.get(id);
      const same = before !== undefined && before.beat === beat;
      const absentSince = present ? undefined : same ? (before.absentSince ?? now) : now;
      current.set(id, { beat, since: same ? before.since : now, absentSince });
    }
    seen = current;
    return sights.filter(({ id, lost }) => lost || isDead(id)).map(({ id }) => id);

    function isDead(id: string): boolean {
      const sight = current.get(id);
      if (!sight) return false;
      const { since, absentSince } = sight;
      return now - since >= leaseMs || (absentSince !== undefined && now - absentSince >= graceMs);
    }
  };
}
