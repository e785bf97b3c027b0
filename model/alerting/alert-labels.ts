import type { Alert, Environment } from "../model.ts";

/** Labels that every alert's rule adds, beside those of the alert itself. */
export const environmentLabels = ["environment"] as const;

/**
 * Labels that an alert's rule sets in an environment, sorted. With an Alertmanager that is shared the namespace too: the
 * Prometheus operator lets an AlertmanagerConfig see alerts with its own namespace only, and an aggregation has lost that label.
 */
export function alertLabels(
  { labels }: Pick<Alert, "labels">,
  { name, namespace, monitoring }: Pick<Environment, "name" | "namespace" | "monitoring">,
): Record<string, string> {
  const isShared = monitoring.kind === "operator" && monitoring.alertmanager.kind === "shared";
  const all = { ...labels, environment: name, ...(isShared && { namespace }) };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
