import type { SloSpec } from "../../catalog/slo.ts";
import { ratioOf, secondsOf } from "../../catalog/units.ts";
import { labelsNamed } from "../alerting/annotation.ts";
import { recordingRules } from "../alerting/slo-rules.ts";
import { canFire, tiersOf } from "../alerting/tiers.ts";
import type { DescribedEntry } from "../described.ts";
import type { Slo } from "../model.ts";
import { at } from "../problems.ts";
import { conditionsOf } from "../selection.ts";
import { checkShare } from "./alert-sense.ts";
import { resolveRunbook } from "./runbooks.ts";
import { resolveSelection, type Scope } from "./scope.ts";

/** SLOs with their tiers and recording rules. */
export function resolveSlos(scope: Scope): Slo[] {
  return scope.described.entries.slos.flatMap((entry) => resolveSlo(scope, entry) ?? []);
}

function resolveSlo(scope: Scope, entry: DescribedEntry<SloSpec>): Slo | undefined {
  const { spec, name, origin, ...rest } = { ...entry };
  const serviceKnown = scope.references.check("services", spec.service, at(origin, "service"));
  const sli = resolveSli(scope, entry);
  const runbook = resolveRunbook(scope, spec.runbook, origin);
  checkTexts(scope, entry);
  if (!sli || !serviceKnown) return undefined;
  const objective = ratioOf(spec.objective);
  const budget = Number((1 - objective).toPrecision(12));
  const all = tiersOf(budget, secondsOf(spec.period));
  const tiers = all.filter(canFire);
  if (tiers.length === 0 && scope.problems.isSound(at(origin, "period"))) {
    scope.problems.add(
      "slo/no-live-tier",
      at(origin, "objective"),
      `no tier can fire at an objective of ${spec.objective}`,
      {
        fix: "raise the objective: even the slowest tier would wait for more than 100% errors",
      },
    );
  }
  const platform = scope.described.name;
  const labels = { platform, service: spec.service, slo: name };
  const question = {
    sli,
    labels,
    objective,
    budget,
    tiers,
    period: spec.period,
    noTraffic: spec.noTraffic,
    minimumEvents: spec.minimumEvents,
    team: scope.described.head.team,
  };
  return {
    ...rest,
    name,
    origin,
    id: `${platform}/${name}`,
    meets: spec.meets,
    title: spec.title,
    description: spec.description,
    service: spec.service,
    ...question,
    periodSeconds: secondsOf(spec.period),
    recordingRules: recordingRules(question),
    deadTiers: all.filter((tier) => !canFire(tier)),
    alerts: [...tiers.map((tier) => `${name}-${tier.name}`), `${name}-absent`],
    runbook,
  };
}

function resolveSli(scope: Scope, { spec, origin }: DescribedEntry<SloSpec>): Slo["sli"] | undefined {
  const { sli, service } = spec;
  if (sli.kind === "latency") return resolveLatency(scope, { spec, origin });
  const counter = (key: "bad" | "good" | "total", from: Parameters<typeof resolveSelection>[1]) =>
    resolveSelection(scope, from, { origin, path: ["sli", key], service, types: ["counter"] });
  const sliAt = { origin, path: ["sli"] };
  const total = counter("total", sli.total);
  if (sli.kind === "bad-events") {
    const bad = counter("bad", sli.bad);
    if (bad && total) checkShare(scope, sliAt, { part: bad, whole: total, names: ["bad", "total"] });
    return bad && total && { kind: sli.kind, bad, total };
  }
  const good = counter("good", sli.good);
  if (good && total) checkShare(scope, sliAt, { part: good, whole: total, names: ["good", "total"] });
  return good && total && { kind: sli.kind, good, total };
}

function resolveLatency(scope: Scope, { spec, origin }: Pick<DescribedEntry<SloSpec>, "spec" | "origin">) {
  const { sli, service } = spec;
  if (sli.kind !== "latency") return undefined;
  const seconds = secondsOf(sli.threshold);
  const how = { origin, path: ["sli"], service, types: ["histogram"] as const };
  const total = resolveSelection(
    scope,
    { metric: sli.metric, where: conditionsOf(sli) },
    { ...how, suffix: "_count" },
  );
  if (!total) return undefined;
  const isDeclared = scope.problems.isSound(at(total.metric.origin));
  if (!total.metric.buckets?.includes(seconds) && !isDeclared) return undefined;
  if (!total.metric.buckets?.includes(seconds)) {
    const buckets = total.metric.buckets?.join(", ");
    scope.problems.add(
      "slo/bucket-missing",
      at(origin, "sli", "threshold"),
      `"${sli.metric}" has no bucket that ends at ${sli.threshold} (it has ${buckets})`,
      {
        fix: `add ${seconds} to the metric's buckets, or choose one of them: anything else is guessed between two buckets`,
      },
    );
    return undefined;
  }
  const fast = resolveSelection(
    scope,
    { metric: sli.metric, where: conditionsOf(sli) },
    { ...how, suffix: "_bucket", le: seconds },
  );
  return fast && { kind: sli.kind, fast, total, thresholdSeconds: seconds };
}

function checkTexts(scope: Scope, { spec, origin }: DescribedEntry<SloSpec>): void {
  for (const text of ["title", "description"] as const) {
    for (const label of labelsNamed(spec[text])) {
      const message = `the ${text} names label "${label}", and an SLO is measured over all its events together`;
      const fix = `write the text without {{ $labels.${label} }}`;
      scope.problems.add("slo/text-names-label", at(origin, text), message, { fix });
    }
  }
}
