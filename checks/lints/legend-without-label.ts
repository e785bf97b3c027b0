import { at } from "../../model/problems.ts";
import type { Expr } from "../../model/promql/tree.ts";
import type { Finding, Lint } from "./lint.ts";

/** Legends that name labels which the query does not keep, and queries of several series without a legend. */
export const legendWithoutLabel: Lint = {
  rule: "lint/legend-without-label",
  severity: "warning",
  look: (subject) =>
    subject.platform.dashboards.flatMap(({ rows }) =>
      rows.flatMap(({ panels }) =>
        panels.flatMap(({ queries, type, origin }) =>
          queries.flatMap(({ legend }, i): Finding[] => {
            const read = subject.queryAt(at(origin, "queries", i, "expr"));
            const kept = read && !/group_(left|right)/i.test(read.text) ? labelsOf(read.tree) : undefined;
            if (!kept) return [];
            const gone = labelsIn(legend).find((label) => !kept.includes(label));
            if (gone !== undefined)
              return [
                {
                  place: at(origin, "queries", i, "legend"),
                  message: `the legend names "${gone}", which the query does not keep`,
                  fix: kept.length > 0 ? `choose one of ${kept.join(", ")}` : `keep it: by (${gone})`,
                },
              ];
            if (legend !== undefined || kept.length === 0 || type === "table") return [];
            return [
              {
                place: at(origin, "queries", i, "expr"),
                message: `the query keeps ${kept.join(", ")} apart and has no legend: Grafana shows the raw labels`,
                fix: `write legend: "{{${kept[0]}}}"`,
              },
            ];
          }),
        ),
      ),
    ),
};

function labelsIn(legend = ""): string[] {
  return [...legend.matchAll(/\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g)].map((match) => match[1] ?? "");
}

/** The labels of the result, where an aggregation says so. */
function labelsOf(expr: Expr): string[] | undefined {
  switch (expr.kind) {
    case "aggregate":
      if (/^(topk|bottomk|limitk|limit_ratio)$/.test(expr.name))
        return expr.args[1] && labelsOf(expr.args[1]);
      if (expr.without || expr.name === "count_values") return undefined;
      return expr.by ?? [];
    case "call":
      return ofCall(expr);
    case "binary":
      return expr.op === "or" ? undefined : (labelsOf(expr.left) ?? labelsOf(expr.right));
    case "changed":
    case "subquery":
      return labelsOf(expr.of);
    default:
      return undefined;
  }
}

function ofCall({ name, args }: Extract<Expr, { kind: "call" }>): string[] | undefined {
  if (/^(label_|absent|vector|scalar|time)/.test(name)) return undefined;
  const found = args.map(labelsOf).find((labels) => labels !== undefined);
  return name === "histogram_quantile" ? found?.filter((label) => label !== "le") : found;
}
