import { businessAlerts, businessMetrics, businessRow } from "./business.ts";
import { cacheAlerts } from "./cache/alerts.ts";
import { cacheMetrics } from "./cache/metrics.ts";
import { cacheRow } from "./cache/panels.ts";
import { httpClientAlerts, websocketAlerts } from "./clients/alerts.ts";
import { httpClientMetrics, websocketMetrics } from "./clients/metrics.ts";
import { httpClientRow, websocketRow } from "./clients/panels.ts";
import { databaseAlerts } from "./databases/alerts.ts";
import { databaseMetrics } from "./databases/metrics.ts";
import { databaseRows } from "./databases/panels.ts";
import { httpAlerts } from "./http/alerts.ts";
import { httpMetrics } from "./http/metrics.ts";
import { httpRow, sloNames } from "./http/panels.ts";
import { nodejsAlerts, processAlerts } from "./runtime/alerts.ts";
import { nodejsMetrics, processMetrics } from "./runtime/metrics.ts";
import { nodejsRow, processRow } from "./runtime/panels.ts";
import { telemetryAlerts, telemetryMetrics, telemetryRow } from "./telemetry.ts";
import type { Themes } from "./themes.ts";
import { userAlerts, userMetrics, userRow } from "./users.ts";

/** What each theme brings, in the order of the dashboard's rows; its alerts are those of one service. */
export const brings = {
  business: (t: Themes["business"]) => ({
    metrics: businessMetrics(t),
    alerts: businessAlerts(t),
    rows: [businessRow(t)],
  }),
  users: (t: Themes["users"]) => ({ metrics: userMetrics(t), alerts: userAlerts(t), rows: [userRow(t)] }),
  http: (t: Themes["http"], all: Partial<Themes>) => ({
    metrics: httpMetrics(t),
    alerts: httpAlerts(t),
    rows: [httpRow(t, sloNames(all.slos))],
  }),
  // SLOs have alerts of their own and stand at the panels of http.
  slos: () => ({ metrics: {}, alerts: () => ({}), rows: [] }),
  httpClients: (t: Themes["httpClients"]) => ({
    metrics: httpClientMetrics(t),
    alerts: httpClientAlerts(t),
    rows: [httpClientRow(t)],
  }),
  websockets: (t: Themes["websockets"]) => ({
    metrics: websocketMetrics(t),
    alerts: websocketAlerts(t),
    rows: [websocketRow(t)],
  }),
  caches: (t: Themes["caches"]) => ({
    metrics: cacheMetrics(t),
    alerts: cacheAlerts(t),
    rows: [cacheRow(t)],
  }),
  databases: (t: Themes["databases"]) => ({
    metrics: databaseMetrics(t),
    alerts: databaseAlerts(t),
    rows: databaseRows(t),
  }),
  nodejs: (t: Themes["nodejs"]) => ({
    metrics: nodejsMetrics(t),
    alerts: nodejsAlerts(t),
    rows: [nodejsRow(t)],
  }),
  processes: (t: Themes["processes"]) => ({
    metrics: processMetrics(t),
    alerts: processAlerts(t),
    rows: [processRow(t)],
  }),
  telemetry: (t: Themes["telemetry"]) => ({
    metrics: telemetryMetrics(t),
    alerts: telemetryAlerts(t),
    rows: [telemetryRow(t)],
  }),
};
