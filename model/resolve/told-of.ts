import type { Alert, Origin, Selection } from "../model.ts";
import { at } from "../problems.ts";
import { inspectPromql } from "../promql/inspect.ts";
import type { Scope } from "./scope.ts";

/** Checks that the alert of a breaker or mode exists, and reads the metric that shows it, where that is known. */
export function checkTold(
  { references, problems }: Scope,
  told: { alert: string; of: Selection | undefined; origin: Origin; alerts: readonly Alert[] },
): void {
  const place = at(told.origin, "alert");
  if (!references.check("alerts", told.alert, place)) return;
  const alert = told.alerts.find(({ name }) => name === told.alert);
  if (!alert || !told.of || !problems.isSound(at(alert.origin))) return;
  const { series, metric } = told.of;
  if (inspectPromql(alert.expr).selectors.some((selector) => selector.name === series)) return;
  const message = `alert "${told.alert}" does not read ${metric.name}, so that it does not tell of this`;
  problems.add("resilience/alert-elsewhere", place, message, { fix: `name an alert on ${metric.name}` });
}
