// The OpenSLO specification, v1, as far as it says what is promised; how it is measured depends on the data source.
import { z } from "zod";

const text = z.string().min(1);
const metadata = z.strictObject({
  name: text,
  displayName: z.string().optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
const object = <K extends string, S extends z.ZodType>(kind: K, spec: S) =>
  z.strictObject({ apiVersion: z.literal("openslo/v1"), kind: z.literal(kind), metadata, spec });

const metric = z.strictObject({
  metricSource: z.strictObject({
    metricSourceRef: text.optional(),
    type: text.optional(),
    spec: z.record(z.string(), z.unknown()),
  }),
});
const sliSpec = z.strictObject({
  description: z.string().optional(),
  thresholdMetric: metric.optional(),
  ratioMetric: z
    .strictObject({
      counter: z.boolean().optional(),
      good: metric.optional(),
      bad: metric.optional(),
      total: metric.optional(),
      raw: metric.optional(),
      rawType: z.enum(["success", "failure"]).optional(),
    })
    .optional(),
});

const objective = z.strictObject({
  displayName: z.string().optional(),
  op: z.enum(["lte", "gte", "lt", "gt"]).optional(),
  value: z.number().optional(),
  target: z.number().optional(),
  targetPercent: z.number().optional(),
  timeSliceTarget: z.number().optional(),
  timeSliceWindow: z.union([z.string(), z.number()]).optional(),
});

const condition = z.strictObject({
  description: z.string().optional(),
  severity: z.string().optional(),
  condition: z.strictObject({
    kind: text,
    op: z.string().optional(),
    threshold: z.number(),
    lookbackWindow: text,
    alertAfter: z.string().optional(),
  }),
});

/** Any object of a file; which of them is meant its `kind` tells. */
export const openSloObject = z.discriminatedUnion("kind", [
  object("Service", z.looseObject({ description: z.string().optional() }).nullish()),
  object(
    "SLO",
    z.strictObject({
      description: z.string().optional(),
      service: text,
      indicator: z.strictObject({ metadata: metadata.optional(), spec: sliSpec }).optional(),
      indicatorRef: text.optional(),
      timeWindow: z
        .array(
          z.strictObject({
            duration: text,
            isRolling: z.boolean(),
            calendar: z.strictObject({ startTime: text, timeZone: text }).optional(),
          }),
        )
        .length(1),
      budgetingMethod: z.enum(["Occurrences", "Timeslices", "RatioTimeslices"]),
      objectives: z.array(objective).min(1),
      alertPolicies: z.array(z.unknown()).optional(),
    }),
  ),
  object("SLI", sliSpec),
  object("DataSource", z.looseObject({ type: text })),
  object(
    "AlertPolicy",
    z.looseObject({
      conditions: z
        .array(z.looseObject({ conditionRef: text.optional(), spec: condition.optional() }))
        .default([]),
    }),
  ),
  object("AlertCondition", condition),
  object("AlertNotificationTarget", z.unknown()),
]);

export type OpenSloObject = z.output<typeof openSloObject>;
export type OpenSlo = Extract<OpenSloObject, { kind: "SLO" }>;
export type OpenSli = z.output<typeof sliSpec>;
export type OpenMetric = z.output<typeof metric>;
export type OpenCondition = z.output<typeof condition>;
