// What lists show of alerts and SLOs: of an edited catalog the same objects as before, as long as nothing of that has changed.
import { Same } from "../model/kept.ts";
import type { Alert, Platform, Slo } from "../model/model.ts";
import { once } from "../model/once.ts";

const OF_ALERT = ["name", "alertname", "severity", "service", "summary"] as const;
const OF_SLO = ["name", "title", "service", "objective", "period", "budget", "alerts"] as const;

/** An alert as lists show it. */
export type ListedAlert = Pick<Alert, (typeof OF_ALERT)[number]>;

/** An SLO as lists show it. */
export type ListedSlo = Pick<Slo, (typeof OF_SLO)[number]>;

/** A platform's alerts as lists show them, in its order. */
export const listedAlerts = once(({ origin, alerts }: Platform): readonly ListedAlert[] =>
  sameAlerts.of(
    origin,
    alerts.map((alert) => listed(alert)),
  ),
);

/** A platform's SLOs as lists show them, in its order. */
export const listedSlos = once(({ origin, slos }: Platform): readonly ListedSlo[] =>
  sameSlos.of(
    origin,
    slos.map((slo) => pick(slo, OF_SLO)),
  ),
);

/** One of them. */
export function listedAlert(platform: Platform, alert: Alert): ListedAlert {
  return byAlert(platform).get(alert) ?? listed(alert);
}

const sameAlerts = new Same<readonly ListedAlert[]>();
const sameSlos = new Same<readonly ListedSlo[]>();

const listed = once((alert: Alert): ListedAlert => pick(alert, OF_ALERT));

const byAlert = once((platform: Platform) => {
  const all = listedAlerts(platform);
  return new Map(platform.alerts.map((alert, i) => [alert, all[i] ?? listed(alert)]));
});

/** An object with some of another's members. */
export function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked = {} as Pick<T, K>;
  for (const key of keys) picked[key] = from[key];
  return picked;
}
