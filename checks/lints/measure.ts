import type { Metric } from "../../model/model.ts";
import type { Aggregate, Binary, Call, Expr } from "../../model/promql/tree.ts";
import type { Subject } from "./subject.ts";

/** What a value is measured in, or its growth in a second. */
export interface Measure {
  unit: Metric["unit"];
  perSecond?: boolean;
}

type Known = Pick<Subject, "metricOf">;

/** What the result of an expression is measured in, as far as it can be told from the declared metrics. */
export function measureOf(expr: Expr | undefined, known: Known): Measure | undefined {
  switch (expr?.kind) {
    case "selector":
      return ofSeries(expr.name, known);
    case "range":
    case "subquery":
    case "changed":
      return measureOf(expr.of, known);
    case "call":
      return ofCall(expr, known);
    case "aggregate":
      return ofAggregate(expr, known);
    case "binary":
      return ofBinary(expr, known);
    default:
      return undefined;
  }
}

function ofSeries(name: string | undefined, { metricOf }: Known): Measure | undefined {
  if (name === "slo:current_burn_rate:ratio") return undefined;
  if (name && /^slo:.*:ratio/.test(name)) return { unit: "ratio" };
  const metric = metricOf(name);
  if (!metric) return undefined;
  const isCount = metric.type === "histogram" && /_(bucket|count)$/.test(name ?? "");
  return { unit: isCount ? "count" : metric.unit };
}

// Of these the unit of the argument stays; of others nothing is said.
const KEEPS =
  /^((max|min|avg|sum|last|quantile)_over_time|abs|ceil|floor|round|clamp|clamp_min|clamp_max|sort|sort_desc|label_replace|label_join|increase|delta|idelta|predict_linear|histogram_quantile|histogram_sum)$/;
const PER_SECOND = /^(i?rate|deriv)$/;
const COUNTS = /^(count_over_time|changes|resets|histogram_count)$/;

function ofCall({ name, args }: Call, known: Known): Measure | undefined {
  if (name === "time" || name === "timestamp") return { unit: "seconds" };
  if (name === "histogram_quantile") return ofQuantile(args[1], known);
  if (COUNTS.test(name)) return { unit: "count" };
  const of = args.map((arg) => measureOf(arg, known)).find((measure) => measure !== undefined);
  if (!of) return undefined;
  if (PER_SECOND.test(name)) return of.perSecond ? undefined : { ...of, perSecond: true };
  return KEEPS.test(name) ? of : undefined;
}

/** Observations are in the histogram's unit, whatever was done with their counts. */
function ofQuantile(expr: Expr | undefined, { metricOf }: Known): Measure | undefined {
  if (expr?.kind === "selector") {
    const metric = metricOf(expr.name);
    return metric && { unit: metric.unit };
  }
  if (!expr || !("args" in expr || "of" in expr)) return undefined;
  const inner = "args" in expr ? expr.args : [expr.of];
  return inner.map((one) => ofQuantile(one, { metricOf })).find((measure) => measure !== undefined);
}

function ofAggregate({ name, args }: Aggregate, known: Known): Measure | undefined {
  if (name === "count" || name === "count_values") return { unit: "count" };
  return /^(sum|avg|min|max|topk|bottomk|quantile)$/.test(name) ? measureOf(args.at(-1), known) : undefined;
}

function ofBinary(expr: Binary, known: Known): Measure | undefined {
  const [left, right] = [measureOf(expr.left, known), measureOf(expr.right, known)];
  if (expr.isBool) return undefined;
  switch (expr.op) {
    case "+":
    case "-":
      return isSame(left, right) || expr.right.kind === "number"
        ? left
        : expr.left.kind === "number"
          ? right
          : undefined;
    case "/":
      return quotient(left, right);
    case "or":
      return left ?? right;
    case "and":
    case "unless":
      return left;
    default:
      // A comparison lets values through; products change the unit.
      return /^[<>=!]/.test(expr.op) ? left : undefined;
  }
}

// Counts of two kinds of things make anything: attempts for each task, or the share of those that failed.
function quotient(left: Measure | undefined, right: Measure | undefined): Measure | undefined {
  if (!left || !right || left.perSecond !== right.perSecond) return undefined;
  if (left.unit === right.unit) return left.unit === "count" ? undefined : { unit: "ratio" };
  return right.unit === "count" ? { unit: left.unit } : undefined;
}

function isSame(one: Measure | undefined, other: Measure | undefined): boolean {
  return one?.unit === other?.unit && one?.perSecond === other?.perSecond;
}
