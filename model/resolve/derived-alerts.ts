import { secondsOf } from "../../catalog/units.ts";
import { alertExpression } from "../alerting/alert-expression.ts";
import {
  absentRunbook,
  budgetForecastRunbook,
  burnRunbook,
  watchdogRunbook,
} from "../alerting/derived-runbooks.ts";
import { countsMinutes, totalSeries } from "../alerting/error-ratio.ts";
import { BUDGET_FORECAST_FOR, timeLeftExpression } from "../alerting/forecast.ts";
import { burnExpression } from "../alerting/slo-rules.ts";
import { Kept } from "../kept.ts";
import type { Alert, Service, Signal, Slo, Tier } from "../model.ts";
import { alertName } from "../names.ts";
import { periodText } from "../readable.ts";
import type { Scope } from "./scope.ts";
import { selectionsOf } from "./slis.ts";

/** The alerts of an SLO: one for each tier that can fire, one for missing data, and the forecast of its budget if it is asked for. */
export function sloAlerts(
  scope: Scope,
  slo: Slo,
  others: { slos: readonly Slo[]; services: readonly Service[] },
): Alert[] {
  const { services, slos } = others;
  const madeOf = () => [
    scope.described.head,
    services.find(({ name }) => name === slo.service),
    ...(slo.sli.kind === "composite" ? slos : []),
  ];
  return kept.get({ owner: slo, name: scope.described.name, madeOf }, () => alertsOf(scope, slo, others));
}

const kept = new Kept<Alert[]>();

function alertsOf(scope: Scope, slo: Slo, others: Parameters<typeof sloAlerts>[2]): Alert[] {
  const forecast = slo.budgetForecast && budgetForecast(scope, slo, slo.budgetForecast);
  const burns = slo.tiers.map((tier) => burnAlert(scope, slo, tier));
  return [...burns, ...(forecast ? [forecast] : []), absentAlert(scope, slo, others)];
}

function burnAlert(scope: Scope, slo: Slo, tier: Tier): Alert {
  const { team } = scope.described.head;
  return {
    ...common(slo, `${slo.name}-${tier.name}`, tier.severity),
    source: "slo-burn",
    summary: `${ofGroup(slo)}: ${paceText(tier.factor)}`,
    description: `More than ${percentText(tier.threshold)} of the ${unitOf(slo.sli)} over ${tier.long} and over ${tier.short}: ${percentText(tier.share)} of the budget of ${periodText(slo.period)} is gone. ${slo.description}`,
    expr: burnExpression(slo, tier),
    for: "0s",
    forSeconds: 0,
    because: `the long window of ${tier.long} has waited already, and the short one of ${tier.short} ends it soon after the errors end`,
    labels: { ...slo.labels, severity: tier.severity, team, tier: tier.name },
    signal: { kind: "burn", slo: slo.name, tier },
    runbook: burnRunbook(slo, tier),
  };
}

/** The budget is used up before there is more of it, if all goes on like this. */
function budgetForecast(scope: Scope, slo: Slo, time: NonNullable<Slo["budgetForecast"]>): Alert {
  const { team } = scope.described.head;
  const signal = { kind: "budget-forecast", slo: slo.name, labels: slo.labels, by: slo.by, ...time } as const;
  return {
    ...common(slo, `${slo.name}-budget-forecast`, "warning"),
    source: "slo-forecast",
    summary: `${ofGroup(slo)}: the error budget will be used up within ${time.within}`,
    description: `At the pace of the last ${time.basedOn} nothing is left of the budget of ${periodText(slo.period)} within ${time.within}. ${slo.description}`,
    expr: alertExpression(signal),
    for: BUDGET_FORECAST_FOR,
    forSeconds: secondsOf(BUDGET_FORECAST_FOR),
    because: "one bad spell bends the line for a while, and a budget that lasts for days can wait an hour",
    // A page of this SLO holds it back, as it does the tickets.
    labels: { ...slo.labels, severity: "warning", team, tier: "ticket-forecast" },
    signal,
    runbook: budgetForecastRunbook(slo, timeLeftExpression(signal)),
  };
}

// Ten minutes: longer than a rollout's gap and Prometheus' five-minute look-back, shorter than a person would take to notice.
const ABSENT_FOR_SECONDS = 600;

function absentAlert(
  scope: Scope,
  slo: Slo,
  { slos, services }: { slos: readonly Slo[]; services: readonly Service[] },
): Alert {
  const { team } = scope.described.head;
  const service = services.find((s) => s.name === slo.service);
  const signal = absence(slo, slos);
  return {
    ...common(slo, `${slo.name}-absent`, "warning"),
    source: "slo-absent",
    summary: `${slo.title}: no data`,
    description: `The events of this SLO have not been measured for ${ABSENT_FOR_SECONDS / 60} minutes, so nobody knows whether it is met.`,
    expr: alertExpression(signal),
    for: `${ABSENT_FOR_SECONDS / 60}m`,
    forSeconds: ABSENT_FOR_SECONDS,
    because: "a rollout's gap and Prometheus' look-back of five minutes are over by then",
    labels: { ...slo.labels, severity: "warning", team, cause: "no-data" },
    signal,
    runbook: absentRunbook(slo, service),
  };
}

/** What tells that an SLO is not measured: its series are gone, or what its own PromQL or its parts record. */
function absence(slo: Slo, slos: readonly Slo[]): Extract<Signal, { kind: "absent" | "unrecorded" }> {
  const of = selectionsOf(slo.sli).at(-1);
  if (of) return { kind: "absent", of, by: slo.by };
  const sources = new Map(sourcesOf(slo, slos).map((source) => [source.name, source]));
  const series = [...sources.values()].map(({ labels }) => ({ record: totalSeries("5m"), labels }));
  // Each part misses its own groups.
  return { kind: "unrecorded", series, by: slo.sli.kind === "composite" ? [] : slo.by };
}

/** The SLOs that count something themselves, out of which an SLO is made in the end; of most the SLO itself. */
function sourcesOf(slo: Slo, slos: readonly Slo[]): Slo[] {
  if (slo.sli.kind !== "composite") return [slo];
  const parts = slo.sli.parts.map((part) => part.slo);
  return slos.filter(({ name }) => parts.includes(name)).flatMap((part) => sourcesOf(part, slos));
}

function ofGroup({ title, by }: Slo): string {
  return [title, ...by.map((label) => `{{ $labels.${label} }}`)].join(", ");
}

function unitOf(sli: Slo["sli"]): string {
  if (sli.kind === "composite") return "weighted mean of its parts failed";
  return countsMinutes(sli) ? "minutes were bad" : "events failed";
}

function common(slo: Slo, name: string, severity: "critical" | "warning") {
  return {
    id: `${slo.labels.platform}/${name}`,
    name,
    alertname: alertName(name),
    origin: slo.origin,
    meets: slo.meets,
    service: slo.service,
    slo: slo.name,
    severity,
    direct: false,
    invariant: false,
    outage: false,
  };
}

/** The alert that always fires: when it stops, alerting itself is broken. */
export function watchdog(scope: Scope): Alert {
  const { name: platform, head, origin } = scope.described;
  return {
    id: `${platform}/watchdog`,
    name: "watchdog",
    alertname: "Watchdog",
    source: "watchdog",
    origin,
    meets: [],
    severity: "none",
    summary: `Alerting for ${head.title} works`,
    description: "Always fires; the heartbeat receiver raises the alarm when it stops arriving.",
    expr: "vector(1)",
    for: "0s",
    forSeconds: 0,
    direct: false,
    invariant: false,
    outage: false,
    labels: { platform, severity: "none", team: head.team },
    signal: { kind: "always" },
    runbook: watchdogRunbook(
      platform,
      scope.described.entries.environments.map(({ spec }) => spec.monitoring.namespace),
    ),
  };
}

function paceText(factor: number): string {
  // At a burn rate of 1 the budget lasts exactly as long as the period.
  if (factor <= 1) return "the error budget will not last the period";
  return `the error budget burns ${Number(factor.toPrecision(3))} times too fast`;
}

function percentText(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}
