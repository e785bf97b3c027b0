import type { Selector } from "../../model/promql/tree.ts";
import { type Expr, partsOf } from "../../model/promql/tree.ts";
import { selectorsIn } from "./inner-selector.ts";
import type { Finding, Lint } from "./lint.ts";
import type { Subject } from "./subject.ts";

// Of these the absolute value does not matter.
const RELATIVE =
  /^(rate|irate|increase|resets|changes|delta|idelta|deriv|predict_linear|histogram_\w+|absent|absent_over_time|present_over_time|count_over_time|timestamp|count|group|count_values)$/;

/** Counters as they are: a number since the last restart, which nobody knows. */
export const rawCounter: Lint = {
  rule: "lint/raw-counter",
  severity: "warning",
  look: (subject) =>
    subject.queries
      .filter(({ use }) => use !== "runbook")
      .flatMap(({ tree, place }) =>
        absolute(tree)
          .filter((series) => isCounter(series, subject))
          .map(
            ({ name, from }): Finding => ({
              place: { ...place, offset: from },
              message: `"${name}" counts since the process began, which may have been a minute ago`,
              fix: "ask how much it grew: increase(…[1h]), or rate(…[5m]) for the pace",
            }),
          ),
      ),
};

/** Selectors whose value itself reaches the result. */
function absolute(expr: Expr): Selector[] {
  if (expr.kind === "selector") return [expr];
  if ((expr.kind === "call" || expr.kind === "aggregate") && RELATIVE.test(expr.name)) return [];
  if (expr.kind === "binary") {
    if (isDifference(expr)) return [];
    // Only whether there is something on the right matters, and zero times anything is a zero for each series.
    if (expr.op === "and" || expr.op === "unless") return absolute(expr.left);
    if (expr.op === "*" && isZero(expr.left)) return [];
  }
  return partsOf(expr).flatMap(absolute);
}

function isDifference({ op, left, right }: Extract<Expr, { kind: "binary" }>): boolean {
  const names = [left, right].map((side) =>
    selectorsIn(side)
      .map(({ name }) => name)
      .join(),
  );
  return (op === "-" || op === "unless") && names[0] === names[1];
}

const isZero = (expr: Expr) => expr.kind === "number" && expr.value === 0;

function isCounter({ name }: Selector, { metricOf }: Subject): boolean {
  const metric = metricOf(name);
  return metric?.type === "counter" || (metric?.type === "histogram" && !metric.native);
}
