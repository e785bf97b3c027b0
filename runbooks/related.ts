import type { Alert, Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { serviceOf } from "./of-alert.ts";
import { oncePerPlatform } from "./written-once.ts";

/** Another alert that may fire of the same trouble, and what makes one think so. */
export interface Related {
  alert: Pick<Alert, "name" | "alertname" | "severity" | "summary">;
  why: string;
}

// Nobody reads more at night; and pages on which each alert names all others would grow with the square of their number.
const MOST = 20;

/**
 * Alerts to look at beside this one, the closest first: those of its SLO, of its cause, of its service, of the services that its
 * service calls, where the trouble may come from, and the critical ones of those that call it, where the trouble goes. Another SLO is
 * shown by its quickest alert alone, and of very many that one thing relates, only some.
 */
export const relatedAlerts = oncePerPlatform((platform, alert: Alert): Related[] => {
  const { bySlo, byCause, standing } = indexOf(platform);
  const { dependsOn = [], callers = [] } = serviceOf(platform, alert) ?? {};
  const candidates = [
    ...because("same SLO", bySlo.get(alert.slo)),
    ...because("same cause", byCause.get(alert.labels.cause)?.slice(0, MOST)),
    ...because("same service", criticalFirst(standing.get(alert.service)).slice(0, MOST)),
    ...dependsOn.flatMap((name) => because(`${alert.service} needs ${name}`, standing.get(name))),
    ...callers
      .flatMap((name) => because(`${name} needs ${alert.service}`, standing.get(name)))
      .filter((related) => related.alert.severity === "critical")
      .slice(0, MOST),
  ];
  const closest = new Map<string, Related>();
  for (const one of candidates) if (!closest.has(one.alert.name)) closest.set(one.alert.name, one);
  closest.delete(alert.name);
  return [...closest.values()];
});

function criticalFirst(alerts: readonly Alert[] = []): Alert[] {
  const critical = ({ severity }: Alert) => severity === "critical";
  return [...alerts.filter(critical), ...alerts.filter((alert) => !critical(alert))];
}

const because = (why: string, alerts: readonly Alert[] = []): (Related & { alert: Alert })[] =>
  alerts.map((alert) => ({ alert, why }));

/** A platform's alerts by what relates them; those that have nothing of the kind are left out. */
interface Index {
  bySlo: ReadonlyMap<string | undefined, Alert[]>;
  byCause: ReadonlyMap<string | undefined, Alert[]>;
  /** By service: alerts that stand for their SLO, and all without one. */
  standing: ReadonlyMap<string | undefined, Alert[]>;
}

// Each of the platform's pages asks.
const indexOf = once(({ alerts, slos }: Platform): Index => {
  const quickest = new Map(slos.map((slo) => [slo.name, slo.tiers[0]?.name]));
  const stands = ({ slo, signal }: Alert) =>
    slo === undefined ||
    !quickest.has(slo) ||
    (signal.kind === "burn" && signal.tier.name === quickest.get(slo));
  return {
    bySlo: grouped(alerts, (alert) => alert.slo),
    byCause: grouped(alerts, (alert) => alert.labels.cause),
    standing: grouped(alerts.filter(stands), (alert) => alert.service),
  };
});

/** Alerts by what `by` says of them; without those of which it says nothing. */
export function grouped(
  alerts: readonly Alert[],
  by: (alert: Alert) => string | undefined,
): Map<string, Alert[]> {
  const groups = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const key = by(alert);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(alert);
    else groups.set(key, [alert]);
  }
  return groups;
}
