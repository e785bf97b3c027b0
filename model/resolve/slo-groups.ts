import type { SloSpec } from "../../catalog/slo.ts";
import type { DescribedEntry } from "../described.ts";
import type { Metric, Sli } from "../model.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { inspectPromql } from "../promql/inspect.ts";
import { SET_BY_RULES } from "./alert-sense.ts";
import type { Scope } from "./scope.ts";
import { selectionsOf } from "./slis.ts";

/** Checks the labels that an SLO keeps apart: that its metrics declare them, and that they make no more series than it allows. */
export function checkGroups(
  scope: Scope,
  { spec, origin }: Pick<DescribedEntry<SloSpec>, "spec" | "origin">,
  sli: Exclude<Sli, { kind: "composite" }>,
): void {
  // What a metric whose labels are wrong would have, nobody knows.
  const declared = metricsOf(scope, sli).filter((metric) =>
    scope.problems.isSound(at(metric.origin, "labels")),
  );
  const counts = spec.by.flatMap((label, i) => {
    const place = at(origin, "by", i);
    if (SET_BY_RULES.includes(label) || label === "cause") {
      const message = `label "${label}" cannot keep groups apart: the rules set it to one value`;
      scope.problems.add("alert/label-set-by-rule", place, message, { fix: "take it out" });
      return [];
    }
    const without = declared.find((metric) => metric.labels[label] === undefined);
    if (without) {
      scope.problems.add(
        "promql/unknown-label",
        place,
        `metric "${without.name}" declares no label "${label}"`,
        {
          fix: suggestion(label, Object.keys(without.labels), "declare it with its values, or { atMost: N }"),
        },
      );
      return [];
    }
    if (selectionsOf(sli).some(({ matchers }) => matchers.some((matcher) => matcher.label === label))) {
      scope.problems.add(
        "slo/group-selected",
        place,
        `the SLI selects by "${label}", which is to stay apart`,
        {
          fix: "take the condition on it out of the SLI, or the label out of by",
        },
      );
      return [];
    }
    return Math.max(1, ...declared.map((metric) => valuesOf(metric, label)));
  });
  const series = counts.reduce((product, count) => product * count, 1);
  if (series <= spec.atMostSeries) return;
  scope.problems.add(
    "slo/too-many-series",
    at(origin, "by"),
    `${spec.by.join(" × ")} may have ${series} combinations, and the SLO allows ${spec.atMostSeries}`,
    { fix: `keep fewer labels apart, declare fewer values, or set atMostSeries: ${series}` },
  );
}

function metricsOf(scope: Scope, sli: Sli): Metric[] {
  if (sli.kind !== "custom") return selectionsOf(sli).map(({ metric }) => metric);
  const names = [sli.part, sli.total].flatMap((expr) =>
    inspectPromql(expr.replaceAll("$window", "5m")).selectors.map(({ name }) => name),
  );
  const metrics = names.flatMap((name) => scope.known.get(name ?? "")?.metric ?? []);
  return [...new Set(metrics)];
}

function valuesOf({ labels }: Metric, label: string): number {
  const values = labels[label] ?? [];
  return Array.isArray(values) ? values.length : values.atMost;
}
