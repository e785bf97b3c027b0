import type { LoadProfile } from "../../model/model.ts";

/** The same load, at the same rates, for a shorter time. A factor of 720 makes two minutes of a day. */
export function compressed(profile: LoadProfile, factor: number): LoadProfile {
  const { arrivals } = profile;
  const shorter = (seconds: number) => Math.max(1, Math.round(seconds / factor));
  if (arrivals.kind === "constant")
    return { ...profile, arrivals: { ...arrivals, seconds: shorter(arrivals.seconds) } };
  const stages = arrivals.stages.map((stage) => ({ ...stage, seconds: shorter(stage.seconds) }));
  return { ...profile, arrivals: { ...arrivals, stages } };
}

/** The rate of a profile so many seconds after its beginning. */
export function rateAt(arrivals: LoadProfile["arrivals"], seconds: number): number {
  if (arrivals.kind === "constant") return arrivals.perSecond;
  let [from, begun] = [arrivals.fromPerSecond, 0];
  for (const stage of arrivals.stages) {
    if (seconds < begun + stage.seconds)
      return from + (stage.perSecond - from) * ((seconds - begun) / stage.seconds);
    [from, begun] = [stage.perSecond, begun + stage.seconds];
  }
  return from;
}

/** A load before the one that counts: caches fill, code is compiled, connections are made. At the rate that the profile begins with. */
export function warmUpOf(profile: LoadProfile, seconds: number): LoadProfile {
  const { arrivals } = profile;
  const perSecond = arrivals.kind === "constant" ? arrivals.perSecond : Math.max(arrivals.fromPerSecond, 1);
  return {
    ...profile,
    arrivals: { kind: "constant", perSecond, seconds, maxUsers: arrivals.maxUsers },
    slos: [],
  };
}
