import { secondsOf } from "../../catalog/units.ts";
import { paceOf, seenWithin } from "../../model/alerting/pace.ts";
import { canFire, secondsToFire } from "../../model/alerting/tiers.ts";
import type { Alert, Environment, Platform } from "../../model/model.ts";
import type { DrillResult } from "./result.ts";

/** Error ratios of an objective's table: everything fails, a tenth, a hundredth. */
const ratios = [1, 0.1, 0.01] as const;

/**
 * When the alerts of a drill would be told of at the pace of the environment that a release reaches last, and when those of objectives would.
 * In seconds, at most: until the next scrape and the next evaluation, what the alert waits for, and what its receiver collects; beforehand,
 * where a share of events must grow, value × window ÷ share with every event being bad and all well before, for a burn rate threshold × long
 * window ÷ error ratio (Google SRE Workbook, ch. 5).
 */
export function expectedInProduction(
  platform: Platform,
  alertnames: readonly string[],
): DrillResult["production"] {
  const environment = platform.environments.at(-1);
  if (!environment) throw new Error(`${platform.name} has no environment`);
  const alerts = platform.alerts.flatMap((alert) => {
    const grows = growsFor(alert);
    if (!alertnames.includes(alert.alertname) || grows === undefined) return [];
    return [{ alert: alert.alertname, atMost: grows + reachedIn(alert, environment) }];
  });
  const objectives = platform.alerts.flatMap((alert) => {
    const { signal, severity } = alert;
    if (signal.kind !== "burn" || severity !== "critical" || !canFire(signal.tier)) return [];
    const [all, tenth, hundredth] = ratios.map((ratio) => {
      const seconds = secondsToFire(signal.tier, ratio);
      return seconds === undefined ? null : seconds + reachedIn(alert, environment);
    });
    return [{ alert: alert.alertname, all: all ?? null, tenth: tenth ?? null, hundredth: hundredth ?? null }];
  });
  return { environment: environment.name, alerts, objectives };
}

/** From the moment in which an alert's condition holds to the message. */
function reachedIn(alert: Alert, environment: Environment): number {
  const { collect, critical } = paceOf(environment);
  const first = alert.severity === "critical" ? critical.first : collect.first;
  return seenWithin(alert, environment) + alert.forSeconds + secondsOf(first);
}

/** Until its condition holds once the trouble has begun; undefined where that depends on more than the trouble. */
function growsFor({ signal }: Alert): number | undefined {
  switch (signal.kind) {
    case "threshold":
    case "gauge-ratio":
    case "increase":
    case "target-down":
      return 0;
    case "event-ratio":
      return signal.value * signal.windowSeconds;
    case "burn":
      return secondsToFire(signal.tier, 1);
    default:
      return undefined;
  }
}
