import { type Expr, everyPart, type Selector } from "../../model/promql/tree.ts";

/** The series of which a call takes samples directly, `rate(HERE[5m])`; nothing when it computes them first. */
export function innerSelector(expr: Expr | undefined): Selector | undefined {
  switch (expr?.kind) {
    case "selector":
      return expr;
    case "range":
    case "subquery":
    case "changed":
      return innerSelector(expr.of);
    case "call":
      return expr.args.map(innerSelector).find((found) => found !== undefined);
    default:
      return undefined;
  }
}

/** Everything that a query reads. */
export function selectorsIn(expr: Expr): Selector[] {
  return everyPart(expr).filter((part) => part.kind === "selector");
}
