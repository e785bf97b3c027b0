import type { Metric, Platform } from "../model/model.ts";
import { type Change, changesOf, type Finding, say } from "./change.ts";
import { contentOf, leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";

/** Metrics: new, gone, renamed, or with other labels, values or buckets. */
export function compareMetrics(before: Platform, after: Platform): Change[] {
  const { gone, added, kept, renamed } = pairs(before.metrics, after.metrics, (metric) =>
    contentOf(metric, ["series"]),
  );
  const change = (metric: Metric, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "metric", name: metric.name }, findings);
  return [
    ...gone.flatMap((metric) => change(metric, [{ group: "gone", says: say`is no longer declared` }])),
    ...added.flatMap((metric) => change(metric, [{ group: "new", says: exposed(metric) }])),
    ...renamed.flatMap(([old, metric]) =>
      change(metric, [
        { group: "changed", says: say`was called ${old.name}: queries by its old name find nothing` },
      ]),
    ),
    ...kept.flatMap(([old, metric]) => change(metric, findingsOf(old, metric))),
  ];
}

function exposed(metric: Metric) {
  return say`is a ${metric.class} ${metric.type} of ${metric.services.join(", ")}`;
}

function findingsOf(old: Metric, metric: Metric): Finding[] {
  const { gone, added } = pairs(labelsOf(old), labelsOf(metric));
  return [
    ...gone.map(({ name }): Finding => ({ group: "gone", says: say`no longer has the label ${name}` })),
    ...added.map(({ name }): Finding => ({ group: "changed", says: say`has the label ${name} now` })),
    ...leftovers(old, metric, ["series"])
      .filter(({ path }) => ![...gone, ...added].some(({ name }) => path === `labels.${name}`))
      .map(({ says }): Finding => ({ group: "changed", says })),
  ];
}

function labelsOf(metric: Metric): { name: string }[] {
  return Object.keys(metric.labels).map((name) => ({ name }));
}
