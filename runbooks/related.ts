import type { Alert, Platform } from "../model/model.ts";

/** Another alert that may fire of the same trouble, and what makes one think so. */
export interface Related {
  alert: Alert;
  why: string;
}

/**
 * Alerts to look at beside this one, the closest first: those of its SLO, of its cause, the critical ones of its service, and
 * those of the services that its service calls, where the trouble may come from. Another SLO is shown by its quickest alert alone.
 */
export function relatedAlerts(platform: Platform, alert: Alert): Related[] {
  const needs = platform.services.find((service) => service.name === alert.service)?.dependsOn ?? [];
  const reasons: ((other: Alert) => string | false)[] = [
    (other) => alert.slo !== undefined && other.slo === alert.slo && "same SLO",
    (other) => alert.labels.cause !== undefined && other.labels.cause === alert.labels.cause && "same cause",
    (other) =>
      alert.service !== undefined &&
      other.service === alert.service &&
      other.severity === "critical" &&
      stands(platform, other) &&
      "same service",
    (other) =>
      needs.some((name) => name === other.service) &&
      stands(platform, other) &&
      `${alert.service} needs ${other.service}`,
  ];
  const seen = new Set([alert.name]);
  return reasons.flatMap((reason) => {
    const found = platform.alerts.flatMap((other) => {
      const why = !seen.has(other.name) && reason(other);
      return why ? [{ alert: other, why }] : [];
    });
    for (const { alert: other } of found) seen.add(other.name);
    return found;
  });
}

/** Whether an alert stands for its SLO: that of the first tier does, and every alert without an SLO for itself. */
function stands(platform: Platform, { slo: name, signal }: Alert): boolean {
  const slo = platform.slos.find((s) => s.name === name);
  return slo === undefined || (signal.kind === "burn" && signal.tier.name === slo.tiers[0]?.name);
}
