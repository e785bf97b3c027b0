import type { SloSpec } from "../../catalog/slo.ts";
import type { DescribedEntry } from "../described.ts";
import type { Metric, Sli } from "../model.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { inspectPromql } from "../promql/inspect.ts";
import { SET_BY_RULES } from "./alert-sense.ts";
import type { Scope } from "./scope.ts";
import { selectionsOf } from "./slis.ts";

type SimpleSli = Exclude<Sli, { kind: "composite" }>;

/** Checks the labels that an SLO keeps apart: that its metrics declare them, and that they make no more series than it allows. */
export function checkGroups(
  scope: Scope,
  { spec, origin }: Pick<DescribedEntry<SloSpec>, "spec" | "origin">,
  sli: SimpleSli,
): void {
  // What a metric whose labels are wrong would have, nobody knows.
  const declared = metricsOf(scope, sli).filter((metric) =>
    scope.problems.isSound(at(metric.origin, "labels")),
  );
  const counts = spec.by.flatMap((label, i) => {
    const wrong = wrongWith(label, { declared, sli });
    if (!wrong) return Math.max(1, ...declared.map((metric) => valuesOf(metric, label)));
    const { rule, message, fix } = wrong;
    scope.problems.add(rule, at(origin, "by", i), message, { fix });
    return [];
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

/** Why a label cannot keep groups apart. */
function wrongWith(
  label: string,
  { declared, sli }: { declared: readonly Metric[]; sli: SimpleSli },
): { rule: string; message: string; fix: string } | undefined {
  if (SET_BY_RULES.includes(label) || label === "cause") {
    const message = `label "${label}" cannot keep groups apart: the rules set it to one value`;
    return { rule: "alert/label-set-by-rule", message, fix: "take it out" };
  }
  const without = declared.find((metric) => metric.labels[label] === undefined);
  if (without) {
    const message = `metric "${without.name}" declares no label "${label}"`;
    const fix = suggestion(
      label,
      Object.keys(without.labels),
      "declare it with its values, or { atMost: N }",
    );
    return { rule: "promql/unknown-label", message, fix };
  }
  if (selectionsOf(sli).some(({ matchers }) => matchers.some((matcher) => matcher.label === label))) {
    const message = `the SLI selects by "${label}", which is to stay apart`;
    const fix = "take the condition on it out of the SLI, or the label out of by";
    return { rule: "slo/group-selected", message, fix };
  }
  return undefined;
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
