import type { Metric, Selection } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";
import type { Subject } from "./subject.ts";

/** Metrics that nothing reads: no alert, SLO, panel, runbook or gate. */
export const unusedMetric: Lint = {
  rule: "lint/unused-metric",
  severity: "warning",
  look(subject) {
    const used = usedMetrics(subject);
    return subject.platform.metrics
      .filter((metric) => !used.has(metric))
      .map(({ name, origin }) => ({
        place: { ...at(origin), key: true },
        message: `nothing reads "${name}"`,
        fix: "show it in a panel, or do not collect it",
      }));
  },
};

function usedMetrics({ platform, queries, metricOf }: Subject): Set<Metric | undefined> {
  const { alerts, slos, dashboards } = platform;
  const chosen = [...alerts.map(({ signal }) => signal), ...slos.map(({ sli }) => sli)].flatMap((from) =>
    Object.values(from).filter(isSelection),
  );
  const read = new Set(
    queries.flatMap(({ parts }) => parts.map((part) => (part.kind === "selector" ? part.name : undefined))),
  );
  return new Set([
    ...chosen.map(({ metric }) => metric),
    ...dashboards.flatMap(({ variables }) => variables.map(({ metric }) => metric)),
    ...[...read].map(metricOf),
  ]);
}

function isSelection(value: unknown): value is Selection {
  return typeof value === "object" && value !== null && "metric" in value && "promql" in value;
}
