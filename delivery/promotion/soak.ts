import type { DeliveryState, Stay } from "./state.ts";

/** How long a release was verified and ran in an environment without interruption. */
export interface Occupancy {
  seconds: number;
  /** ISO 8601. */
  from: string;
  /** It runs there still, and nothing else is entering. */
  isNow: boolean;
}

/**
 * How long an environment was occupied by a release, until a time: the longest continuous occupancy (after Kargo's soak time), and the one that
 * lasts. What began to enter has ended the stay of the one before, whatever comes of it. Undefined where it was never verified there.
 */
export function occupancyOf(
  { environments, promotions }: DeliveryState,
  { environment, release, at }: { environment: string; release: string; at: Date },
): { longest: Occupancy; now?: Occupancy } | undefined {
  const there = environments.get(environment);
  const entering = there?.underWay === undefined ? undefined : promotions.get(there.underWay)?.begunAt;
  const all = (there?.stays ?? [])
    .filter((stay) => stay.isVerified && stay.release === release)
    .map((stay) => spanOf(stay, { entering, at }));
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  // Of two of one length the later one.
  const longest = rest.reduce((best, one) => (one.seconds >= best.seconds ? one : best), first);
  const now = all.find(({ isNow }) => isNow);
  return { longest, ...(now && { now }) };
}

function spanOf({ from, to }: Stay, { entering, at }: { entering: string | undefined; at: Date }): Occupancy {
  const end = to ?? entering;
  const until = Math.min(end === undefined ? at.getTime() : Date.parse(end), at.getTime());
  return { seconds: Math.max(0, (until - Date.parse(from)) / 1000), from, isNow: end === undefined };
}
