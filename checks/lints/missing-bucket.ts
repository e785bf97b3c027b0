import { inQueries, type Lint } from "./lint.ts";

/** `le` of a bucket that the histogram does not have: the query is empty for ever. */
export const missingBucket: Lint = {
  rule: "lint/missing-bucket",
  severity: "error",
  look: (subject) =>
    inQueries(subject, (part) => {
      if (part.kind !== "selector" || !part.name?.endsWith("_bucket")) return undefined;
      const buckets = subject.metricOf(part.name)?.buckets;
      if (!buckets) return undefined;
      const wanted = part.matchers.filter(({ label, op }) => label === "le" && op.startsWith("="));
      const missing = wanted.find(({ op, value }) => !buckets.some((bound) => isBound(bound, { op, value })));
      if (!missing || fits(missing, "+Inf")) return undefined;
      return {
        message: `"${part.name}" has no bucket le="${missing.value}" (it has ${buckets.join(", ")})`,
        fix: "choose one of them, or add it to the metric's buckets",
      };
    }),
};

// Prometheus 3 writes le="1.0" where the exposition format writes le="1".
function isBound(bound: number, matcher: { op: string; value: string }): boolean {
  return [String(bound), bound.toFixed(1)].some((text) => fits(matcher, text) && Number(text) === bound);
}

function fits({ op, value }: { op: string; value: string }, text: string): boolean {
  if (op === "=") return value === text;
  try {
    return new RegExp(`^(?:${value})$`).test(text);
  } catch {
    return true;
  }
}
