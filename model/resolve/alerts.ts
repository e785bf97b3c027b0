import type { AlertCondition, AlertSpec } from "../../catalog/alert.ts";
import { ratioOf, secondsOf } from "../../catalog/units.ts";
import { alertExpression } from "../alerting/alert-expression.ts";
import { environmentLabels } from "../alerting/alert-labels.ts";
import { labelsNamed } from "../alerting/annotation.ts";
import type { DescribedEntry } from "../described.ts";
import type { Alert, Signal } from "../model.ts";
import { alertName, jobName } from "../names.ts";
import { at } from "../problems.ts";
import { suggestion } from "../promql/check.ts";
import { resolveRunbook } from "./runbooks.ts";
import { checkGrouping, resolveQuery, resolveSelection, type Scope } from "./scope.ts";

/** The alerts that the catalog defines itself. */
export function resolveAlerts(scope: Scope): Alert[] {
  return scope.described.entries.alerts.flatMap((entry) => resolveAlert(scope, entry) ?? []);
}

function resolveAlert(scope: Scope, entry: DescribedEntry<AlertSpec>): Alert | undefined {
  const { name, spec, origin } = entry;
  const serviceKnown = scope.references.check("services", spec.service, at(origin, "service"));
  const signal = resolveSignal(scope, entry);
  if (!signal || !serviceKnown) return undefined;
  const platform = scope.described.name;
  const labels = {
    platform,
    service: spec.service,
    severity: spec.severity,
    team: scope.described.head.team,
    ...(spec.cause && { cause: spec.cause }),
  };
  checkTexts(scope, entry, signal, [...Object.keys(labels), ...environmentLabels]);
  return {
    id: `${platform}/${name}`,
    name,
    origin,
    meets: spec.meets,
    alertname: alertName(name),
    source: "catalog",
    service: spec.service,
    severity: spec.severity,
    summary: spec.summary,
    description: spec.description,
    expr: expressionOf(scope, entry, signal),
    for: spec.for,
    forSeconds: secondsOf(spec.for),
    direct: spec.direct,
    invariant: spec.invariant,
    labels,
    signal,
    runbook: resolveRunbook(scope, spec.runbook, origin),
  };
}

function expressionOf(scope: Scope, { spec, origin }: DescribedEntry<AlertSpec>, signal: Signal): string {
  if (spec.when.kind === "promql") return resolveQuery(scope, spec.when.expr, at(origin, "when", "expr"));
  if (signal.kind === "burn" || signal.kind === "promql" || signal.kind === "always") return "";
  return alertExpression(signal);
}

function resolveSignal(scope: Scope, entry: DescribedEntry<AlertSpec>): Signal | undefined {
  const { spec, origin } = entry;
  const { when } = spec;
  const pick = (
    key: string[],
    from: { metric: string; where?: Parameters<typeof resolveSelection>[1]["where"] },
    type: "gauge" | "counter",
  ) =>
    resolveSelection(scope, from, { origin, path: ["when", ...key], service: spec.service, types: [type] });
  const grouped = <T extends { by: string[] }>(of: Parameters<typeof checkGrouping>[2], signal: T): T => {
    checkGrouping(scope, signal.by, of, at(origin, "when", "by"));
    return signal;
  };
  switch (when.kind) {
    case "threshold": {
      const of = pick([], when, "gauge");
      return (
        of &&
        grouped(of, { ...measure(when), kind: when.kind, of, aggregate: when.aggregate, value: when.value })
      );
    }
    case "increase": {
      const of = pick([], when, "counter");
      return (
        of &&
        grouped(of, {
          kind: when.kind,
          of,
          by: when.by,
          is: when.is,
          value: when.value,
          ...windowOf(when.window),
        })
      );
    }
    case "gauge-ratio": {
      const [part, whole] = [pick(["part"], when.part, "gauge"), pick(["whole"], when.whole, "gauge")];
      return (
        part &&
        whole &&
        grouped(part, { ...measure(when), kind: when.kind, part, whole, value: ratioOf(when.value) })
      );
    }
    case "event-ratio": {
      const [part, whole] = [pick(["part"], when.part, "counter"), pick(["whole"], when.whole, "counter")];
      const { minimumEvents } = when;
      const parts = { kind: when.kind, value: ratioOf(when.value), minimumEvents, ...windowOf(when.window) };
      return part && whole && grouped(part, { ...measure(when), ...parts, part, whole });
    }
    case "target-down":
      return resolveDown(scope, entry);
    case "promql":
      return resolveExamples(scope, entry, when);
  }
}

const measure = <O>(when: { by: string[]; is: O }) => ({ by: when.by, is: when.is });
const windowOf = (window: Parameters<typeof secondsOf>[0]) => ({ window, windowSeconds: secondsOf(window) });

function resolveDown(scope: Scope, { spec, origin }: DescribedEntry<AlertSpec>): Signal | undefined {
  const service = scope.described.entries.services.find((s) => s.name === spec.service);
  if (service && !service.spec.metrics) {
    scope.problems.add(
      "metric/not-scraped",
      at(origin, "service"),
      `service "${spec.service}" does not say where its metrics are read, so nothing can tell that it is down`,
      {
        fix: 'give the service metrics: { port: "…" }',
      },
    );
    return undefined;
  }
  const platform = scope.described.name;
  const job = jobName(platform, spec.service);
  return { kind: "target-down", job, labels: { job, instance: "a", platform, service: spec.service } };
}

function resolveExamples(
  scope: Scope,
  { origin }: DescribedEntry<AlertSpec>,
  when: Extract<AlertCondition, { kind: "promql" }>,
): Signal {
  const expected = when.examples.flatMap((example) => example.expect.map((e) => e.firing.length > 0));
  for (const [wanted, word] of [
    [true, "fires"],
    [false, "is silent"],
  ] as const) {
    if (expected.includes(wanted)) continue;
    scope.problems.add(
      "alert/examples-incomplete",
      at(origin, "when", "examples"),
      `no example shows a moment at which the alert ${word}`,
      {
        fix: "add one: a test that sees only one side cannot fail",
      },
    );
  }
  return { kind: "promql", examples: when.examples };
}

function checkTexts(
  scope: Scope,
  { spec, origin }: DescribedEntry<AlertSpec>,
  signal: Signal,
  fixed: string[],
): void {
  if (signal.kind === "promql") return;
  const kept = [...fixed, ...("by" in signal ? signal.by : [])];
  for (const text of ["summary", "description"] as const) {
    for (const label of labelsNamed(spec[text])) {
      if (kept.includes(label)) continue;
      scope.problems.add(
        "alert/label-not-kept",
        at(origin, text),
        `the ${text} names label "${label}", which the alert does not keep`,
        {
          fix: suggestion(label, kept, `add "${label}" to when.by, or take it out`),
        },
      );
    }
  }
}
