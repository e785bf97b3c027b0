import type { Sli } from "../model/model.ts";

const source = (query: string) => ({ metricSource: { type: "Prometheus", spec: { query } } });
const counted = (promql: string) => source(`sum(${promql})`);
// OpenSLO has no sign for the window; this is Sloth's.
const inWindow = (query: string) => source(query.replaceAll("$window", "{{.window}}"));

/** The `spec` of an SLI. Queries are those of the rules, each kept to its platform. */
export function indicatorOf(sli: Sli): Record<string, unknown> {
  switch (sli.kind) {
    case "bad-events":
      return {
        ratioMetric: { counter: true, bad: counted(sli.bad.promql), total: counted(sli.total.promql) },
      };
    case "good-events":
      return {
        ratioMetric: { counter: true, good: counted(sli.good.promql), total: counted(sli.total.promql) },
      };
    case "latency":
      return {
        ratioMetric: { counter: true, good: counted(sli.fast.promql), total: counted(sli.total.promql) },
      };
    case "custom":
      return {
        ratioMetric: { counter: false, [sli.counts]: inWindow(sli.part), total: inWindow(sli.total) },
      };
    case "gauge":
      return { thresholdMetric: source(`${sli.aggregate}(${sli.of.promql})`) };
    case "freshness":
      return { thresholdMetric: source(`time() - ${sli.aggregate}(${sli.of.promql})`) };
    default:
      throw new Error(`an SLI of kind ${sli.kind} has no form in OpenSLO`);
  }
}

const OP = { "<": "lt", "<=": "lte", ">": "gt", ">=": "gte" } as const;

/** What a value is compared with; nothing for a ratio. */
export function objectiveOf(sli: Sli): Record<string, unknown> {
  if (sli.kind === "gauge") return { op: OP[sli.is], value: sli.value };
  return sli.kind === "freshness" ? { op: "lt", value: sli.youngerThanSeconds } : {};
}
