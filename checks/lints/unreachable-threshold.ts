import type { Signal } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Expr } from "../../model/promql/tree.ts";
import { selectorsIn } from "./inner-selector.ts";
import { type Finding, inQueries, type Lint } from "./lint.ts";
import type { Subject } from "./subject.ts";

/** Limits beyond what the value can be: a share above 1, a quantile above the last bucket. */
export const unreachableThreshold: Lint = {
  rule: "lint/unreachable-threshold",
  severity: "error",
  look: (subject) => [
    ...inSignals(subject),
    ...inSlos(subject),
    ...inComparisons(subject),
    ...inPanels(subject),
  ],
};

const FIX = "choose a value that can be reached";

function inSignals({ platform }: Subject): Finding[] {
  return platform.alerts.flatMap(({ signal, origin }) =>
    signal.kind === "threshold" && isBeyond(signal)
      ? [{ place: at(origin, "when", "value"), message: beyond(signal), fix: FIX }]
      : [],
  );
}

function inSlos({ platform }: Subject): Finding[] {
  return platform.slos.flatMap(({ sli, origin }) =>
    sli.kind === "gauge" && isBeyond(sli)
      ? [{ place: at(origin, "sli", "value"), message: beyond(sli), fix: FIX }]
      : [],
  );
}

type Threshold = Pick<Extract<Signal, { kind: "threshold" }>, "of" | "aggregate" | "is" | "value">;

// A sum of shares can be anything.
function isBeyond({ of, aggregate, value }: Threshold): boolean {
  return of.metric.unit === "ratio" && aggregate !== "sum" && (value > 1 || value < 0);
}

function beyond({ of, is, value }: Threshold): string {
  return `"${of.metric.name}" is a ratio, from 0 to 1, and is compared by ${is} ${value}`;
}

function inComparisons(subject: Subject): Finding[] {
  return inQueries(subject, (part) => {
    if (part.kind !== "binary" || !/^>=?$/.test(part.op) || part.right.kind !== "number") return undefined;
    const most = highest(part.left, subject);
    const { value } = part.right;
    const isNever = most !== undefined && (part.op === ">" ? value >= most : value > most);
    if (!isNever) return undefined;
    return {
      message: `a quantile of these buckets is never more than ${most}, and is compared by ${part.op} ${value}`,
      fix: `${FIX}, or add buckets above it`,
    };
  });
}

function inPanels(subject: Subject): Finding[] {
  return subject.platform.dashboards.flatMap(({ rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) => {
        const trees = panel.queries.map(
          (_, i) => subject.queryAt(at(panel.origin, "queries", i, "expr"))?.tree,
        );
        const most = trees.map((tree) => tree && highest(tree, subject));
        const limit = Math.max(...most.map((one) => one ?? Number.POSITIVE_INFINITY));
        return panel.thresholds.flatMap(({ value }, i): Finding[] =>
          value > limit
            ? [
                {
                  place: at(panel.origin, "thresholds", i, "value"),
                  message: `the panel never shows more than ${limit}, its last bucket, and changes colour at ${value}`,
                  fix: `${FIX}, or add buckets above it`,
                },
              ]
            : [],
        );
      }),
    ),
  );
}

/** The most that a quantile of a classic histogram can be: the upper bound of its last bucket. */
function highest(expr: Expr, { metricOf }: Pick<Subject, "metricOf">): number | undefined {
  if (expr.kind === "aggregate" && ["max", "min", "avg"].includes(expr.name))
    return expr.args[0] && highest(expr.args[0], { metricOf });
  if (expr.kind !== "call" || expr.name !== "histogram_quantile") return undefined;
  return selectorsIn(expr)
    .flatMap(({ name }) => metricOf(name)?.buckets?.at(-1) ?? [])
    .at(0);
}
