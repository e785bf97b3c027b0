// The Sloth specification, prometheus/v1 and its Kubernetes form (Sloth 0.16).
import { z } from "zod";

const text = z.string().min(1);
const labels = z.record(z.string(), z.string());
const plugins = z.unknown();
const alert = z.strictObject({
  disable: z.boolean().optional(),
  labels: labels.optional(),
  annotations: labels.optional(),
});
const alertingShape = {
  name: z.string().optional(),
  labels: labels.optional(),
  annotations: labels.optional(),
};
const sloShape = {
  name: text,
  description: z.string().optional(),
  objective: z.number(),
  labels: labels.optional(),
  plugins: plugins.optional(),
};
const plugin = z.strictObject({ id: text, options: labels.optional() });

const spec = {
  service: text,
  labels: labels.optional(),
};

/** `version: prometheus/v1`. */
export const slothSpec = z.strictObject({
  version: z.literal("prometheus/v1"),
  ...spec,
  slo_plugins: plugins.optional(),
  slos: z
    .array(
      z.strictObject({
        ...sloShape,
        sli: z.strictObject({
          events: z.strictObject({ error_query: text, total_query: text }).optional(),
          raw: z.strictObject({ error_ratio_query: text }).optional(),
          plugin: plugin.optional(),
        }),
        alerting: z
          .strictObject({ ...alertingShape, page_alert: alert.optional(), ticket_alert: alert.optional() })
          .optional(),
      }),
    )
    .min(1),
});

/** `kind: PrometheusServiceLevel`. */
export const slothResource = z.strictObject({
  apiVersion: z.literal("sloth.slok.dev/v1"),
  kind: z.literal("PrometheusServiceLevel"),
  metadata: z.looseObject({ name: text }),
  status: z.unknown().optional(),
  spec: z.strictObject({
    ...spec,
    sloPlugins: plugins.optional(),
    slos: z
      .array(
        z.strictObject({
          ...sloShape,
          sli: z.strictObject({
            events: z.strictObject({ errorQuery: text, totalQuery: text }).optional(),
            raw: z.strictObject({ errorRatioQuery: text }).optional(),
            plugin: plugin.optional(),
          }),
          alerting: z
            .strictObject({ ...alertingShape, pageAlert: alert.optional(), ticketAlert: alert.optional() })
            .optional(),
        }),
      )
      .min(1),
  }),
});

/** The names of what both forms spell differently, and where the specification begins. */
export const spellings = {
  "prometheus/v1": {
    root: [] as readonly string[],
    error: "error_query",
    total: "total_query",
    ratio: "error_ratio_query",
    page: "page_alert",
    ticket: "ticket_alert",
    plugins: "slo_plugins",
  },
  "sloth.slok.dev/v1": {
    root: ["spec"] as readonly string[],
    error: "errorQuery",
    total: "totalQuery",
    ratio: "errorRatioQuery",
    page: "pageAlert",
    ticket: "ticketAlert",
    plugins: "sloPlugins",
  },
} as const;
