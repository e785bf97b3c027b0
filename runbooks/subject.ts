import { alertDashboard } from "../model/links.ts";
import type { Alert, Dashboard, Platform, Service, SignalOf, Slo } from "../model/model.ts";
import { once } from "../model/once.ts";
import { pick } from "./listed.ts";
import { serviceOf, sloOf } from "./of-alert.ts";
import type { Procedure } from "./operations/procedure.ts";
import { proceduresFor } from "./procedures-for.ts";
import { type Related, relatedAlerts } from "./related.ts";

/** All that the page of an alert is written from, beside what its platform says on every page. */
export interface Subject {
  alert: Shown<Alert, (typeof OF_ALERT)[number]>;
  /** Of a signal that is explained in numbers. */
  signal?: SignalOf<"burn" | "forecast" | "budget-forecast"> | undefined;
  slo?: Shown<Slo, (typeof OF_SLO)[number]> | undefined;
  service?: Shown<Service, (typeof OF_SERVICE)[number]> | undefined;
  /** The dashboard with the panel that shows it best. */
  dashboard?: Shown<Dashboard, (typeof OF_DASHBOARD)[number]> | undefined;
  related: readonly Related[];
  /** Procedures that help. */
  procedures: readonly Shown<Procedure, (typeof OF_PROCEDURE)[number]>[];
}

type Shown<T, K extends keyof T> = Pick<T, K>;

const OF_ALERT = [
  ...(["name", "alertname", "source", "severity", "summary", "description", "expr", "forSeconds"] as const),
  ...(["because", "direct", "invariant", "service", "slo", "origin", "panel", "runbook"] as const),
] as const;
const OF_SLO = [
  ...(["name", "title", "objective", "budget", "period", "tiers", "deadTiers", "minimumEvents"] as const),
] as const;
const OF_SERVICE = ["name", "title"] as const;
const OF_DASHBOARD = ["name", "uid"] as const;
const OF_RELATED = ["name", "alertname", "severity", "summary"] as const;
const OF_PROCEDURE = ["name", "title"] as const;

/** What is said of an alert, found in its platform. */
export function subjectOf(platform: Platform, alert: Alert): Subject {
  const { signal } = alert;
  return {
    alert,
    signal:
      signal.kind === "burn" || signal.kind === "forecast" || signal.kind === "budget-forecast"
        ? signal
        : undefined,
    slo: sloOf(platform, alert),
    service: serviceOf(platform, alert),
    dashboard: alertDashboard(platform, alert),
    related: relatedAlerts(platform, alert),
    procedures: proceduresFor(platform, alert),
  };
}

/** The same without what no page shows: what is left of two subjects that are alike differs in names alone. */
export function shownOf({ alert, signal, slo, service, dashboard, related, procedures }: Subject): Subject {
  return {
    alert: pick(alert, OF_ALERT),
    signal,
    slo: slo && pick(slo, OF_SLO),
    service: service && pick(service, OF_SERVICE),
    dashboard: dashboard && pick(dashboard, OF_DASHBOARD),
    related: related.map((one) => ({ alert: inTable(one.alert), why: one.why })),
    procedures: procedures.map((one) => pick(one, OF_PROCEDURE)),
  };
}

// It stands on the pages of many.
const inTable = once((alert: Related["alert"]) => pick(alert, OF_RELATED));
