import type { DashboardInput } from "fairlead";
import { alerts } from "../alerts/index.ts";
import { metrics } from "../metrics/index.ts";
import { slos } from "../slos/index.ts";

/** What the dashboards may name. */
export const known = { metrics, slos, alerts };

/** A row of a dashboard, for those that need more than one file. */
export type Row = DashboardInput<{
  metric: keyof typeof metrics;
  slo: keyof typeof slos;
  alert: keyof typeof alerts;
}>["rows"][number];
