import type { LoadProfileInput } from "../../load-profile.ts";
import type { Duration } from "../../units.ts";

/** What the usual profiles are made from; rates in requests a second. */
export interface UsualLoad<P extends Pick<LoadProfileInput, "target" | "requests">> {
  /** Target, requests and SLOs, as each profile has them. */
  against: P;
  /** A quiet hour. */
  usual: number;
  /** The busiest hour that the service is made for. */
  busy: number;
  /** How long a soak lasts. */
  soak?: Duration;
}

type Rate = `${number}/s`;
const rate = (perSecond: number): Rate => `${perSecond}/s`;

/**
 * Six load profiles for one service: smoke (does it work), load (the busiest hour), stress (step by step to five times that), soak (for hours,
 * what grows), spike (ten times as much at once, and back), breakpoint (ever more until an objective is missed: where that is). All are
 * open models: arrivals do not wait for answers.
 */
export function usualLoadProfiles<P extends Pick<LoadProfileInput, "target" | "requests">>(
  load: UsualLoad<P>,
) {
  const { against, usual, busy, soak = "8h" } = load;
  const users = (perSecond: number) => Math.min(2_000, Math.max(10, perSecond * 2));
  return {
    smoke: {
      title: "Smoke: does it work at all",
      description: "Half a minute at the pace of a quiet hour; run after every deploy.",
      ...against,
      arrivals: { kind: "constant", rate: rate(usual), for: "30s", maxUsers: users(usual) },
    },
    load: {
      title: "Load: the busiest hour",
      description: `Climbs to ${busy} requests a second and stays there for five minutes: the baseline of later runs.`,
      ...against,
      arrivals: climb(usual, {
        to: [
          [busy, "1m"],
          [busy, "5m"],
          [usual, "30s"],
        ],
        users: users(busy),
      }),
    },
    stress: {
      title: "Stress: where does it break, and at what",
      description: `Climbs step by step to ${busy * 5} requests a second. It may miss its objectives: the bottleneck is what is asked for.`,
      ...{ ...against, slos: [], checks: "50%" as const },
      arrivals: climb(busy / 2, {
        to: [
          [busy, "2m"],
          [busy * 2, "2m"],
          [busy * 3.5, "2m"],
          [busy * 5, "2m"],
        ],
        users: users(busy * 5),
      }),
    },
    soak: {
      title: "Soak: what grows",
      description: `Half of the busiest hour for ${soak}: memory, handles and series must not grow.`,
      ...against,
      arrivals: { kind: "constant", rate: rate(busy / 2), for: soak, maxUsers: users(busy) },
    },
    spike: {
      title: "Spike: ten times as much at once",
      description: `From ${usual} to ${usual * 10} requests a second within five seconds, and back after a minute: nothing may stay broken.`,
      ...against,
      arrivals: climb(usual, {
        to: [
          [usual, "30s"],
          [usual * 10, "5s"],
          [usual * 10, "1m"],
          [usual, "5s"],
          [usual, "1m"],
        ],
        users: users(usual * 10),
      }),
    },
    breakpoint: {
      title: "Breakpoint: how much it takes",
      description: `Ever more for ten minutes, up to ${busy * 10} requests a second; ends when an objective is missed. The rate it reached is the result.`,
      ...{ ...against, untilFailure: true },
      arrivals: climb(usual, { to: [[busy * 10, "10m"]], users: users(busy * 10) }),
    },
  } as const satisfies Record<string, object>;
}

function climb(
  from: number,
  { to, users }: { to: readonly (readonly [number, `${number}s` | `${number}m`])[]; users: number },
) {
  const stages = to.map(([perSecond, over]) => ({ to: rate(perSecond), over }));
  return { kind: "ramping" as const, from: rate(from), stages, maxUsers: users };
}
