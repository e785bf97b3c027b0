import type { Alert, Platform } from "../model/model.ts";
import { toldOf } from "../model/told.ts";
import { firesAt, timeToFire } from "./alert.ts";
import type { Explained } from "./explanation.ts";

/** When alerts fire that something else leads to: at shares of errors where they go by those, otherwise after what they wait for. */
export function whenAlertsFire(alerts: readonly Alert[], platform: Platform): Explained["tables"] {
  if (alerts.length === 0) return [];
  const rows = alerts.map((alert) => [
    alert.name,
    ...(firesAt(alert, platform) ?? [timeToFire(alert, platform), "", ""]),
  ]);
  return [{ title: "When its alerts fire", rows: [["ALERT", "AT 100% ERRORS", "AT 10%", "AT 1%"], ...rows] }];
}

/** Who is told of them, by severity. */
export function toldOfAlerts(alerts: readonly Alert[], platform: Platform): Explained["told"] {
  const severities = (["critical", "warning", "none"] as const).filter((severity) =>
    alerts.some((alert) => alert.severity === severity),
  );
  return severities.map((severity) => ({ of: severity, who: toldOf(platform, severity) }));
}
