/** A ratio in percent with at most four significant digits: 0.0144 is "1.44%". */
export function percentText(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}

const UNITS = [
  { name: "d", seconds: 86_400, rest: { name: "h", seconds: 3600 } },
  { name: "h", seconds: 3600, rest: { name: "min", seconds: 60 } },
  { name: "min", seconds: 60, rest: { name: "s", seconds: 1 } },
] as const;

/** A length of time in its two largest units, rounded: 518.4 is "8 min 38 s". */
export function durationText(seconds: number): string {
  for (const { name, seconds: large, rest } of UNITS) {
    const inRest = Math.round(seconds / rest.seconds);
    const perLarge = large / rest.seconds;
    if (inRest < perLarge) continue;
    const over = inRest % perLarge;
    return `${Math.floor(inRest / perLarge)} ${name}${over > 0 ? ` ${over} ${rest.name}` : ""}`;
  }
  return `${Number(seconds.toPrecision(2))} s`;
}
