import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { labelName, line, meets, prose } from "./text.ts";

/** Units of a panel; the dashboards generator knows what Grafana calls them. */
export const panelUnit = z.enum([
  "count",
  "percent",
  "seconds",
  "bytes",
  "bytes-per-second",
  "per-second",
  "per-hour",
  "per-day",
  "tokens",
  "usd",
  "cores",
  "on-off",
  /** 0 to 3: all is well, a ticket was written, somebody was paged, the budget is spent. */
  "slo-state",
]);

/** From `value` upwards the panel takes this colour. */
const step = z.strictObject({
  value: z.number(),
  color: z.enum(["green", "yellow", "orange", "red", "blue"]),
});

const query = z.strictObject({
  /** PromQL over declared metrics; `$__rate_interval` and the dashboard's `$variables` may stand in it. */
  expr: z.string().min(1),
  /** `{{label}}` is replaced by the series' label. */
  legend: line.optional(),
  /** Of a table's column with a plain legend, where they are not the panel's. */
  unit: panelUnit.optional(),
  thresholds: z.array(step).optional(),
});

export const panel = z.strictObject({
  meets,
  title: line,
  /** What it shows and what a good value is. */
  description: prose,
  type: z.enum(["timeseries", "stat", "gauge", "bar-gauge", "table", "pie", "heatmap"]),
  unit: panelUnit,
  queries: z.array(query).min(1),
  /** Colours; below the first value the panel is green. */
  thresholds: z.array(step).default([]),
  /** Alerts that this panel helps to judge: it links to their runbooks, and they link to it. */
  alerts: z.array(reference("alert")).default([]),
  /** SLOs that this panel helps to judge, likewise. */
  slos: z.array(reference("slo")).default([]),
  width: z.enum(["full", "two-thirds", "half", "third", "quarter"]).default("third"),
});

export const dashboard = z.strictObject({
  meets,
  title: line,
  description: prose,
  /** Requirements and other tags that Grafana can search by. */
  tags: z.array(line).default([]),
  /** Choices at the head of the dashboard: the values of a label of a metric. */
  variables: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,30}$/, "must be lower-case letters, digits and '_'"),
      z.strictObject({ title: line, metric: reference("metric"), label: labelName }),
    )
    .default({}),
  rows: z.array(z.strictObject({ title: line, panels: z.array(panel).min(1) })).min(1),
});

type Input = z.input<typeof dashboard>;
export interface DashboardInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type DashboardSpec = z.output<typeof dashboard>;
export type PanelSpec = z.output<typeof panel>;
