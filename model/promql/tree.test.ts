import { expect, test } from "vitest";
import { type Expr, everyPart, parsePromql } from "./tree.ts";

/** The tree in brackets, as it would be evaluated. */
function shown(expr: Expr | undefined): string {
  if (!expr) return "nothing";
  switch (expr.kind) {
    case "selector":
      return `${expr.name ?? "?"}${expr.matchers.length > 0 ? `{${expr.matchers.map((m) => `${m.label}${m.op}${m.value}`)}}` : ""}`;
    case "range":
    case "subquery":
      return `${shown(expr.of)}[${expr.kind === "subquery" ? "sub " : ""}${expr.seconds ?? "?"}]`;
    case "call":
      return `${expr.name}(${expr.args.map(shown)})`;
    case "aggregate": {
      const by = expr.by ? ` by ${expr.by}` : expr.without ? ` without ${expr.without}` : "";
      return `${expr.name}${by}(${expr.args.map(shown)})`;
    }
    case "binary":
      return `(${shown(expr.left)} ${expr.op}${expr.isBool ? " bool" : ""} ${shown(expr.right)})`;
    case "changed":
      return `${expr.how}(${shown(expr.of)})`;
    default:
      return JSON.stringify(expr.value);
  }
}

test.each([
  [
    'sum by (le, a) (rate(x_bucket{b="c",d=~"e"}[5m] offset 1h)) / on(a) group_left(z) (y > bool 0)',
    "(sum by le,a(rate(offset(x_bucket{b=c,d=~e}[300]))) / (y > bool 0))",
  ],
  ["avg_over_time((a/b)[1h30m:1m])", "avg_over_time((a / b)[sub 5400])"],
  ["topk(3, count without(x)(-b)) UNLESS c", "(topk(3,count without x(sign(b))) unless c)"],
  ['{__name__="a", "q.r"="x"} @ 5', "at(a{q.r=x})"],
  ["(a) and (b)", "(a and b)"],
  ["rate(a_total[$__rate_interval])", "rate(a_total[?])"],
  ['label_replace(up, "a", "$1", "b", "(.*)") > 1.5e3', '(label_replace(up,"a","$1","b","(.*)") > 1500)'],
  ["", "nothing"],
])("%s is understood", (query, tree) => expect(shown(parsePromql(query))).toBe(tree));

test("each part knows its place in what was written", () => {
  const query = "sum(rate(a_total[$__rate_interval])) / b";
  const parts = everyPart(parsePromql(query) as Expr);
  expect(parts.map(({ from, to }) => query.slice(from, to))).toEqual([
    query,
    "sum(rate(a_total[$__rate_interval]))",
    "rate(a_total[$__rate_interval])",
    "a_total[$__rate_interval]",
    "a_total",
    "b",
  ]);
});
