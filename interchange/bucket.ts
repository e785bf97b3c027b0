import type { Term } from "./terms.ts";

/** Upper bound of the bucket that a matcher of `le` selects, NaN where it is not one bucket: le="1", and le=~"1(\\.0)?", since Prometheus 3 writes le="1.0" where others write le="1". */
export function boundOf({ op, value }: Term["matchers"][number]): number {
  if (op === "=") return Number(value);
  return op === "=~" ? Number(/^(\d+)\(\\\.0\)\?$/.exec(value)?.[1]) : Number.NaN;
}
