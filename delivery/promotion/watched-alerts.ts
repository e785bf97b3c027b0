import type { Alert } from "../../model/model.ts";
import type { Watched } from "./watch.ts";

/**
 * The alerts that take a release back in an environment, by the names that the catalog uses: an alert's own, or an SLO's, which stands for all
 * alerts on the burning of its budget.
 */
export function watchedAlerts(
  { name: platform, alerts }: { name: string; alerts: readonly Alert[] },
  { environment, names }: { environment: string; names: readonly string[] },
): Watched["alerts"] {
  const labels = { platform, environment };
  return alerts
    .filter(({ name, slo, source }) =>
      names.some((one) => one === name || (one === slo && source === "slo-burn")),
    )
    .map(({ alertname }) => ({ alertname, labels }));
}
