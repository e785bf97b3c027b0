import type { Platform } from "../model/model.ts";
import { ProblemsError } from "../problems/problem.ts";

/** The catalog's receivers behind those that an Alertmanager named: told now, and told if an alert lasts. */
export interface CatalogReceivers {
  receivers: string[];
  later: { after: string; receivers: string[] }[];
}

/**
 * Throws a ProblemsError (`notify/other-receivers`) if the Alertmanager tells others than the catalog says: it does not run the
 * generated configuration.
 */
export function catalogReceivers(
  { name, routing }: Platform,
  severity: "critical" | "warning",
  { routed, url }: { routed: readonly string[]; url: string },
): CatalogReceivers {
  const steps = severity === "critical" ? routing.escalation : [];
  const wanted = [severity, ...steps.map((_, i) => `escalation-${i + 1}`)].map((one) => `${name}/${one}`);
  // The Prometheus operator puts the namespace and the AlertmanagerConfig's name in front.
  const isIt = (told: string, want: string) => told === want || told.endsWith(`/${want}`);
  const missing = wanted.filter((want) => !routed.some((told) => isIt(told, want)));
  if (missing.length > 0) {
    const message = `Alertmanager at ${url} tells ${routed.join(", ")}; the catalog says ${wanted.join(", ")}`;
    const fix =
      "deploy the generated Alertmanager configuration of this environment, or name its Alertmanager with --alertmanager";
    throw new ProblemsError([{ rule: "notify/other-receivers", severity: "error", message, fix }]);
  }
  return {
    receivers: routing.routes[severity],
    later: steps.map(({ after, to }) => ({ after, receivers: to })),
  };
}
