import { Kept } from "../model/kept.ts";
import type { Alert, Platform } from "../model/model.ts";
import { once } from "../model/once.ts";
import { type ListedAlert, listedAlert } from "./listed.ts";
import { serviceOf } from "./of-alert.ts";

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
export function relatedAlerts(platform: Platform, alert: Alert): readonly Related[] {
  const candidates = candidatesFor(platform, alert);
  const madeOf = () => candidates.flatMap(({ alerts, why }) => [why, ...alerts]);
  return kept.get({ owner: alert, name: platform.name, madeOf }, () => {
    const closest = new Map<string, Related>();
    for (const { alerts, why } of candidates)
      for (const one of alerts) if (!closest.has(one.name)) closest.set(one.name, { alert: one, why });
    closest.delete(alert.name);
    return [...closest.values()];
  });
}

const kept = new Kept<readonly Related[]>();

type Alerts = readonly ListedAlert[];

function candidatesFor(platform: Platform, alert: Alert): { why: string; alerts: Alerts }[] {
  const { bySlo, byCause, standing } = indexOf(platform);
  const { dependsOn = [], callers = [] } = serviceOf(platform, alert) ?? {};
  const critical = callers.flatMap((name) => {
    const alerts = (standing.get(name) ?? []).filter(isCritical);
    return alerts.map((one) => ({ why: `${name} needs ${alert.service}`, alerts: [one] }));
  });
  const some = [
    { why: "same SLO", alerts: bySlo.get(alert.slo) },
    { why: "same cause", alerts: byCause.get(alert.labels.cause)?.slice(0, MOST) },
    { why: "same service", alerts: criticalFirst(standing.get(alert.service)).slice(0, MOST) },
    ...dependsOn.map((name) => ({ why: `${alert.service} needs ${name}`, alerts: standing.get(name) })),
    ...critical.slice(0, MOST),
  ];
  return some.flatMap(({ why, alerts }) => (alerts ? [{ why, alerts }] : []));
}

const isCritical = ({ severity }: ListedAlert) => severity === "critical";

function criticalFirst(alerts: Alerts = []): Alerts {
  return [...alerts.filter(isCritical), ...alerts.filter((alert) => !isCritical(alert))];
}

/** A platform's alerts by what relates them; those that have nothing of the kind are left out. */
interface Index {
  bySlo: ReadonlyMap<string | undefined, Alerts>;
  byCause: ReadonlyMap<string | undefined, Alerts>;
  /** By service: alerts that stand for their SLO, and all without one. */
  standing: ReadonlyMap<string | undefined, Alerts>;
}

// Each of the platform's pages asks.
const indexOf = once((platform: Platform): Index => {
  const { alerts, slos } = platform;
  const listed = (groups: Map<string, Alert[]>) =>
    new Map([...groups].map(([key, of]) => [key, of.map((alert) => listedAlert(platform, alert))]));
  const quickest = new Map(slos.map((slo) => [slo.name, slo.tiers[0]?.name]));
  const stands = ({ slo, signal }: Alert) =>
    slo === undefined ||
    !quickest.has(slo) ||
    (signal.kind === "burn" && signal.tier.name === quickest.get(slo));
  return {
    bySlo: listed(grouped(alerts, (alert) => alert.slo)),
    byCause: listed(grouped(alerts, (alert) => alert.labels.cause)),
    standing: listed(grouped(alerts.filter(stands), (alert) => alert.service)),
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
