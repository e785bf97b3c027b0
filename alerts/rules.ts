import { alertLabels } from "../model/alerting/alert-labels.ts";
import { BAD_COUNT, BAD_NOW, totalSeries } from "../model/alerting/error-ratio.ts";
import { evaluatedEvery, paceOf, SLOW_WINDOW_SECONDS } from "../model/alerting/pace.ts";
import { WINDOW_SECONDS } from "../model/alerting/tiers.ts";
import type { Alert, Environment, Platform, RecordingRule, Slo } from "../model/model.ts";
import { annotationsOf } from "./annotations.ts";
import { durationText } from "./duration-text.ts";
import { sortedLabels } from "./sorted-labels.ts";

export interface RuleGroup {
  name: string;
  interval: string;
  rules: object[];
}

/** What a rule file is for. */
interface Place {
  platform: Platform;
  environment: Environment;
}

/** The rule group of an alert that stands alone. */
export function alertGroups(alert: Alert, place: Place): RuleGroup[] {
  const interval = evaluatedEvery(alert, place.environment);
  return [{ name: groupName(alert, place.platform), interval, rules: [alertRule(alert, place)] }];
}

/** Name of the rule group of an alert that stands alone, and the first part of those of an SLO. */
export function groupName({ name }: { name: string }, platform: Pick<Platform, "name">): string {
  return `${platform.name}/${name}`;
}

// In the order in which they depend on each other: what each minute was, long windows, counts, short windows with the alerts, the period.
const PARTS = [
  { part: "minutes", suffix: "/minutes", pace: "usual" },
  { part: "long", suffix: "/long", pace: "slow" },
  { part: "counts", suffix: "/counts", pace: "counts" },
  { part: "usual", suffix: "", pace: "usual" },
  { part: "period", suffix: "/period", pace: "slow" },
] as const;

/** An SLO's rule groups in the order in which they depend on each other. */
export function sloGroups(slo: Slo, alerts: readonly Alert[], place: Place): RuleGroup[] {
  const { evaluate } = paceOf(place.environment);
  const records = recordsByPart(slo);
  return partsOf(records).map(({ part, suffix, pace }) => ({
    name: groupName(slo, place.platform) + suffix,
    interval: evaluate[pace],
    rules: [
      ...(records.get(part) ?? []).map(recordingRule),
      ...(part === "usual" ? alerts.map((alert) => alertRule(alert, place)) : []),
    ],
  }));
}

/** The names of those groups. */
export function sloGroupNames(slo: Slo, platform: Pick<Platform, "name">): string[] {
  return partsOf(recordsByPart(slo)).map(({ suffix }) => groupName(slo, platform) + suffix);
}

type Part = (typeof PARTS)[number]["part"];

function recordsByPart({ recordingRules }: Slo): Map<Part, RecordingRule[]> {
  const records = new Map<Part, RecordingRule[]>();
  for (const rule of recordingRules) {
    const part = partOf(rule);
    const of = records.get(part) ?? [];
    records.set(part, of);
    of.push(rule);
  }
  return records;
}

// Every SLO has alerts.
function partsOf(records: ReadonlyMap<Part, unknown>) {
  return PARTS.filter(({ part }) => part === "usual" || records.has(part));
}

function partOf({ record }: RecordingRule): Part {
  if (record === BAD_NOW) return "minutes";
  if (record.startsWith("slo:period_")) return "period";
  if (record === totalSeries("5m") || record === BAD_COUNT) return "counts";
  const window = /:(?:ratio_rate|increase)(\w+)$/.exec(record)?.[1] ?? "";
  return (WINDOW_SECONDS.get(window) ?? 0) >= SLOW_WINDOW_SECONDS ? "long" : "usual";
}

function recordingRule(rule: RecordingRule): object {
  const { record, expr, labels } = rule;
  const found = written.get(rule) ?? { record, expr, labels: sortedLabels(labels) };
  written.set(rule, found);
  return found;
}

// It is the same in every environment.
const written = new WeakMap<RecordingRule, object>();

function alertRule(alert: Alert, place: Place): object {
  const { alertname, expr, forSeconds } = alert;
  return {
    alert: alertname,
    expr,
    ...(forSeconds > 0 && { for: durationText(forSeconds) }),
    labels: alertLabels(alert, place.environment),
    annotations: annotationsOf(alert, place).template,
  };
}
