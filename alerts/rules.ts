import { alertLabels } from "../model/alerting/alert-labels.ts";
import { BAD_NOW } from "../model/alerting/error-ratio.ts";
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
  return [{ name: `${place.platform.name}/${alert.name}`, interval, rules: [alertRule(alert, place)] }];
}

/**
 * An SLO's rule groups in the order in which they depend on each other: what each minute was, long windows, short windows with the
 * alerts, the period.
 */
export function sloGroups(slo: Slo, alerts: readonly Alert[], place: Place): RuleGroup[] {
  const name = `${place.platform.name}/${slo.name}`;
  const { evaluate } = paceOf(place.environment);
  const records = (part: ReturnType<typeof partOf>) =>
    slo.recordingRules.filter((rule) => partOf(rule) === part).map(recordingRule);
  return [
    { name: `${name}/minutes`, interval: evaluate.usual, rules: records("minutes") },
    { name: `${name}/long`, interval: evaluate.slow, rules: records("long") },
    {
      name,
      interval: evaluate.usual,
      rules: [...records("usual"), ...alerts.map((alert) => alertRule(alert, place))],
    },
    { name: `${name}/period`, interval: evaluate.slow, rules: records("period") },
  ].filter(({ rules }) => rules.length > 0);
}

function partOf({ record }: RecordingRule): "minutes" | "long" | "usual" | "period" {
  if (record === BAD_NOW) return "minutes";
  if (record.startsWith("slo:period_")) return "period";
  const window = /:(?:ratio_rate|increase)(\w+)$/.exec(record)?.[1] ?? "";
  return (WINDOW_SECONDS.get(window) ?? 0) >= SLOW_WINDOW_SECONDS ? "long" : "usual";
}

function recordingRule({ record, expr, labels }: RecordingRule): object {
  return { record, expr, labels: sortedLabels(labels) };
}

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
