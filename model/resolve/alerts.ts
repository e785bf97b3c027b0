import type { AlertCondition, AlertSpec } from "../../catalog/alert.ts";
import { ratioOf, secondsOf } from "../../catalog/units.ts";
import { alertExpression } from "../alerting/alert-expression.ts";
import type { DescribedEntry } from "../described.ts";
import type { Alert, Signal } from "../model.ts";
import { alertName, jobName } from "../names.ts";
import { at } from "../problems.ts";
import { checkSense } from "./alert-sense.ts";
import { resolveForecast } from "./forecasts.ts";
import { Resolved } from "./resolved.ts";
import { resolveRunbook } from "./runbooks.ts";
import { resolveQuery, resolveSelection, type Scope } from "./scope.ts";

/** The alerts that the catalog defines itself. */
export function resolveAlerts(scope: Scope): Alert[] {
  return scope.described.entries.alerts.flatMap(
    (entry) =>
      resolved.get(scope, { of: entry, against: [scope.base] }, () => resolveAlert(scope, entry)) ?? [],
  );
}

const resolved = new Resolved<Alert | undefined>();

function resolveAlert(scope: Scope, entry: DescribedEntry<AlertSpec>): Alert | undefined {
  const { name, spec, origin } = entry;
  const serviceKnown = scope.references.check("services", spec.service, at(origin, "service"));
  const signal = resolveSignal(scope, entry);
  const expr = expressionOf(scope, entry, signal);
  const page = resolveRunbook(scope, spec.runbook, origin);
  const platform = scope.described.name;
  const labels = {
    platform,
    service: spec.service,
    severity: spec.severity,
    team: scope.described.head.team,
    ...(spec.cause && { cause: spec.cause }),
  };
  if (signal) checkSense(scope, entry, { signal, added: Object.keys(labels) });
  if (!signal || !serviceKnown) return undefined;
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
    expr,
    for: spec.for,
    forSeconds: secondsOf(spec.for),
    ...(spec.because !== undefined && { because: spec.because }),
    direct: spec.direct,
    invariant: spec.invariant,
    outage: spec.outage ?? spec.when.kind === "target-down",
    labels,
    signal,
    runbook: page,
  };
}

function expressionOf(
  scope: Scope,
  { spec, origin }: DescribedEntry<AlertSpec>,
  signal: Signal | undefined,
): string {
  if (spec.when.kind === "promql") return resolveQuery(scope, spec.when.expr, at(origin, "when", "expr"));
  if (!signal || signal.kind === "burn" || signal.kind === "promql" || signal.kind === "always") return "";
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
  switch (when.kind) {
    case "threshold": {
      const of = pick([], when, "gauge");
      return of && { ...measure(when), kind: when.kind, of, aggregate: when.aggregate, value: when.value };
    }
    case "increase": {
      const of = pick([], when, "counter");
      return of && { ...measure(when), kind: when.kind, of, value: when.value, ...windowOf(when.window) };
    }
    case "gauge-ratio": {
      const [part, whole] = [pick(["part"], when.part, "gauge"), pick(["whole"], when.whole, "gauge")];
      return part && whole && { ...measure(when), kind: when.kind, part, whole, value: ratioOf(when.value) };
    }
    case "event-ratio": {
      const [part, whole] = [pick(["part"], when.part, "counter"), pick(["whole"], when.whole, "counter")];
      const { minimumEvents } = when;
      const parts = { kind: when.kind, value: ratioOf(when.value), minimumEvents, ...windowOf(when.window) };
      return part && whole && { ...measure(when), ...parts, part, whole };
    }
    case "forecast":
      return resolveForecast(scope, entry, when);
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
  if (service && !service.spec.metrics && !scope.problems.isSetAside(at(service.origin, "metrics"))) {
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
