import type { Bottleneck, Share } from "./result.ts";

/** From here on a resource counts as used up: beyond it queues grow faster than the use does. */
const saturatedFrom = 0.85;
/** From here on a share of the answers' time is worth telling. */
const worthTelling = 0.05;

/**
 * Names what a run had too little of. `saturation` are shares of what there is, `time` shares of the answers' time; the most used
 * resource is the bottleneck if it is saturated, and what most time went into is told with it.
 */
export function bottleneckOf(measured: { saturation: Share[]; time: Share[] }): Bottleneck {
  const [saturation, time] = [sorted(measured.saturation), sorted(measured.time)];
  const [first] = saturation;
  const mostTime = time.find(({ share }) => share >= worthTelling);
  const spent = mostTime ? `; most of the answers' time that is known went into ${mostTime.says}` : "";
  if (!first) return { verdict: "nothing was measured of the service", saturation, time };
  if (first.share < saturatedFrom) {
    const verdict = `nothing was saturated; nearest to it: ${first.says}${spent}`;
    return { verdict, saturation, time };
  }
  return { verdict: `${first.says}${spent}`, resource: first.resource, saturation, time };
}

function sorted(shares: readonly Share[]): Share[] {
  return [...shares].sort((a, b) => b.share - a.share);
}
