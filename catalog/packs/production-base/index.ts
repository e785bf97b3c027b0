import type { AlertInput } from "../../alert.ts";
import type { DashboardInput } from "../../dashboard.ts";
import type { MetricInput } from "../../metric.ts";
import type { SloInput } from "../../slo.ts";
import { brings } from "./brings.ts";
import type { Row } from "./entries.ts";
import { httpSlos } from "./http/slos.ts";
import { checkThemes } from "./known-options.ts";
import type { Themes } from "./themes.ts";

export type * from "./themes.ts";

type Theme = keyof Themes;
type Brings<T extends Theme> = ReturnType<(typeof brings)[T]>;
type MetricName<T extends Theme> = T extends Theme ? keyof Brings<T>["metrics"] & string : never;
type AlertSuffix<T extends Theme> = T extends Theme ? keyof ReturnType<Brings<T>["alerts"]> & string : never;
type SloSuffix<T extends Theme> = "slos" extends T ? "availability" | "latency" : never;

/** The names of the alerts that themes bring for services. */
export type BaseAlert<S extends string, T extends Theme> = `${S}-${AlertSuffix<T>}`;

/** What the pack brings: a part of a platform, whose names SLOs, alerts and dashboards of the platform's own can refer to. */
export interface ProductionBase<S extends string, T extends Theme> {
  metrics: Record<MetricName<T>, MetricInput>;
  slos: Record<`${S}-${SloSuffix<T>}`, SloInput>;
  alerts: Record<BaseAlert<S, T>, AlertInput>;
  dashboards: Record<"production-base", DashboardInput>;
}

/**
 * The common base of a platform in production (PM-1 to PM-4): metrics, alerts with runbooks, and a dashboard for each of the
 * themes that the platform asks for, and SLOs where it says what they promise. Include the result as one of the platform's parts.
 * `except` leaves out alerts for which the platform has its own. Throws where a theme or an option does not exist.
 */
export function productionBase<S extends string, T extends Theme>(
  _refs: { services: Readonly<Record<S, unknown>> },
  themes: Pick<Themes<NoInfer<S>>, T>,
  { except = [] }: { except?: readonly NoInfer<BaseAlert<S, T>>[] } = {},
): ProductionBase<S, T> {
  checkThemes(themes);
  const asked: Partial<Themes> = themes;
  const parts = Object.entries(brings).flatMap(([name, bring]) => {
    const theme = asked[name as Theme];
    return theme ? [{ services: theme.services, ...(bring as Bring)(theme, asked) }] : [];
  });
  const left = new Set<string>(except);
  const alerts = parts
    .flatMap(({ services, alerts }) => named(services, alerts))
    .filter(([name]) => !left.has(name));
  const rows = parts.flatMap((part) => part.rows).map((row) => without(left, row));
  return {
    metrics: Object.assign({}, ...parts.map((part) => part.metrics)),
    slos: asked.slos ? httpSlos(asked.slos, asked.http) : {},
    alerts: Object.fromEntries(alerts),
    dashboards: { "production-base": { ...dashboard, rows } },
  } as ProductionBase<S, T>;
}

type Bring = (
  theme: Themes[Theme],
  all: Partial<Themes>,
) => {
  metrics: Record<string, MetricInput>;
  alerts: (service: string) => Record<string, AlertInput>;
  rows: Row[];
};

const dashboard = {
  meets: ["PM-1", "PM-2", "PM-3", "PM-4"],
  title: "Production base",
  description:
    "What every platform in production has: what is asked of it and what people see of it at the top, what carries it below.",
  tags: ["production-base"],
} satisfies Omit<DashboardInput, "rows">;

function named(services: readonly string[], alertsFor: ReturnType<Bring>["alerts"]) {
  return services.flatMap((service) =>
    Object.entries(alertsFor(service)).map(([name, alert]) => [`${service}-${name}`, alert] as const),
  );
}

function without(alerts: ReadonlySet<string>, row: Row): Row {
  if (alerts.size === 0) return row;
  const panels = row.panels.map((panel) =>
    panel.alerts ? { ...panel, alerts: panel.alerts.filter((name) => !alerts.has(name)) } : panel,
  );
  return { ...row, panels };
}
