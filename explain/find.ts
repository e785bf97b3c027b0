import type {
  Alert,
  Dashboard,
  Environment,
  Flag,
  Gate,
  Metric,
  Model,
  Panel,
  Platform,
  Service,
  Slo,
} from "../model/model.ts";
import type { Breaker, Limit, Mode } from "../model/resilience.ts";
import { nearMatch } from "../problems/near-match.ts";
import { UsageError } from "../problems/problem.ts";

/** An entry that can be explained, and the platform that it is in. */
export type Found = { platform: Platform } & (
  | { kind: "slo"; entry: Slo }
  | { kind: "alert"; entry: Alert }
  | { kind: "gate"; entry: Gate }
  | { kind: "metric"; entry: Metric }
  | { kind: "service"; entry: Service }
  | { kind: "breaker"; entry: Breaker }
  | { kind: "mode"; entry: Mode }
  | { kind: "limit"; entry: Limit }
  | { kind: "flag"; entry: Flag }
  | { kind: "environment"; entry: Environment }
  | { kind: "panel"; entry: Panel; dashboard: Dashboard }
);

/**
 * Every entry called `id`: NAME or PLATFORM/NAME; an alert also by its name in Prometheus, a panel by its title, by DASHBOARD/TITLE or
 * by DASHBOARD/NUMBER. Throws a UsageError with the near match if there is none.
 */
export function findEntries(model: Model, id: string): Found[] {
  const all = model.platforms.flatMap(entriesOf);
  const found = all.filter((f) => names(f).includes(id));
  if (found.length > 0) return found;
  const near = nearMatch(id, all.flatMap(names));
  const fix =
    near === undefined
      ? "name an SLO, alert, gate, metric, panel, service, breaker, mode, limit, flag or environment"
      : `did you mean "${near}"?`;
  throw new UsageError([
    { rule: "reference/unknown-id", severity: "error", message: `nothing is called "${id}"`, fix },
  ]);
}

function entriesOf(platform: Platform): Found[] {
  return [
    ...platform.slos.map((entry) => ({ platform, kind: "slo" as const, entry })),
    ...platform.alerts.map((entry) => ({ platform, kind: "alert" as const, entry })),
    ...platform.gates.map((entry) => ({ platform, kind: "gate" as const, entry })),
    ...platform.metrics.map((entry) => ({ platform, kind: "metric" as const, entry })),
    ...platform.services.map((entry) => ({ platform, kind: "service" as const, entry })),
    ...platform.breakers.map((entry) => ({ platform, kind: "breaker" as const, entry })),
    ...platform.modes.map((entry) => ({ platform, kind: "mode" as const, entry })),
    ...platform.limits.map((entry) => ({ platform, kind: "limit" as const, entry })),
    ...platform.flags.map((entry) => ({ platform, kind: "flag" as const, entry })),
    ...platform.environments.map((entry) => ({ platform, kind: "environment" as const, entry })),
    ...platform.dashboards.flatMap((dashboard) =>
      dashboard.rows
        .flatMap((row) => row.panels)
        .map((entry) => ({ platform, kind: "panel" as const, entry, dashboard })),
    ),
  ];
}

function names(found: Found): string[] {
  return ownNames(found).flatMap((name) => [name, `${found.platform.name}/${name}`]);
}

function ownNames(found: Found): string[] {
  if (found.kind === "alert") return [found.entry.name, found.entry.alertname];
  if (found.kind !== "panel") return [found.entry.name];
  const { dashboard, entry } = found;
  return [entry.title, `${dashboard.name}/${entry.title}`, `${dashboard.name}/${entry.id}`];
}
