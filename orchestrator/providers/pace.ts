import type { Clock } from "../clock.ts";

/** Spaces what passes evenly, not more than that many a second; lets it pass at once for as long as there is no number. */
export function pace(
  perSecond: () => number | undefined,
  clock: Clock,
): (signal: AbortSignal) => Promise<void> {
  let next = 0;
  return async (signal) => {
    const most = perSecond();
    if (most === undefined) return;
    const now = clock.now();
    const at = Math.max(next, now);
    next = at + 1_000 / most;
    if (at > now) await clock.sleep(at - now, signal);
  };
}
