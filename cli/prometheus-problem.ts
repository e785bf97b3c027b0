import { QueryError, UnreachableError } from "../live/prometheus.ts";
import type { Problem } from "../problems/problem.ts";

/** What is told of a Prometheus that could not be read. Throws again whatever else went wrong. */
export function prometheusProblem(
  error: unknown,
  { url, fix }: { url: string; fix: string },
): Pick<Problem, "rule" | "severity" | "message" | "fix"> {
  if (error instanceof QueryError)
    return {
      rule: "live/query-failed",
      severity: "error",
      message: `Prometheus at ${url}: ${error.message}`,
    };
  if (!(error instanceof UnreachableError)) throw error;
  const message = `Prometheus at ${url} does not answer: ${error.message}`;
  return { rule: "live/unreachable", severity: "error", message, fix };
}
