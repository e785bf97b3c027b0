import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { runbook } from "./runbook.ts";
import { selector, where } from "./selector.ts";
import { labelName, line, meets, prose, slug } from "./text.ts";
import { duration, percent } from "./units.ts";

const operator = z.enum([">", ">=", "<", "<="]);
const aggregate = z.enum(["max", "min", "sum", "avg"]);
/** Labels that stay apart; one alert for each combination of their values. */
const by = z.array(labelName).default([]);

/** A gauge compared with a number: `max by (breaker) (breaker_open) > 0`. */
const threshold = z.strictObject({
  kind: z.literal("threshold"),
  metric: reference("metric"),
  where: where.optional(),
  aggregate,
  by,
  is: operator,
  value: z.number(),
});

/** One gauge as a share of another: free disk, used budget. */
const gaugeRatio = z.strictObject({
  kind: z.literal("gauge-ratio"),
  part: selector,
  whole: selector,
  by,
  is: operator,
  value: percent,
});

/** Events of one counter as a share of another's over a window, with enough events to mean something. */
const eventRatio = z.strictObject({
  kind: z.literal("event-ratio"),
  part: selector,
  whole: selector,
  window: duration,
  by,
  is: operator,
  value: percent,
  minimumEvents: z.int().min(1),
});

/** How much a counter grew over a window. */
const increase = z.strictObject({
  kind: z.literal("increase"),
  metric: reference("metric"),
  where: where.optional(),
  window: duration,
  by,
  is: z.enum([">", ">="]),
  value: z.number().min(0),
});

const limit = z.union([z.number(), percent], {
  error: 'must be a number in the unit of the metric, or a share like "90%"',
});

/**
 * A gauge whose trend leads to a limit in time: a straight line through its history. Silent where the limit is reached already, which
 * is another alert's matter, and where there is no history yet.
 */
const forecast = z.strictObject({
  kind: z.literal("forecast"),
  metric: reference("metric"),
  where: where.optional(),
  aggregate,
  by,
  trend: z.enum(["rising", "falling"]),
  /** A number in the metric's unit; a share of `of`, or of 1 where the metric is a ratio. */
  reaches: limit,
  /** What there is in all, where that is a metric too. */
  of: z.strictObject({ metric: reference("metric"), where: where.optional(), aggregate }).optional(),
  /** Nothing is said before it has come this far. */
  from: limit.optional(),
  /** How far ahead; the end of the day is midnight UTC, for what begins anew there. */
  within: z.union([duration, z.literal("end-of-day")], {
    error: 'must be a duration, written like "24h", or "end-of-day"',
  }),
  /** How much history the straight line goes through. */
  basedOn: duration,
});

/** A scrape target of the alert's service that does not answer (`up`), or is not there at all. */
const down = z.strictObject({ kind: z.literal("target-down") });

/** Series that a free-form alert is tried on: promtool's notation, one sample an interval. */
const example = z.strictObject({
  title: line,
  interval: duration.default("1m"),
  series: z.record(z.string().min(1), z.string().min(1)),
  /** At each time, the labels of the alerts that must fire, beside the alert's own; an empty list: silence. */
  expect: z.array(z.strictObject({ at: duration, firing: z.array(z.record(labelName, z.string())) })).min(1),
});

/** Any PromQL; brings its own examples, at least one that fires and one moment of silence. */
const promql = z.strictObject({
  kind: z.literal("promql"),
  expr: z.string().min(1),
  examples: z.array(example).min(1),
});

export const condition = z.discriminatedUnion("kind", [
  threshold,
  gaugeRatio,
  eventRatio,
  increase,
  forecast,
  down,
  promql,
]);
export type AlertCondition = z.output<typeof condition>;

export const alert = z.strictObject({
  meets,
  /** One line for the pager; `{{ $labels.NAME }}` names a label that the alert keeps. */
  summary: line,
  description: prose,
  severity: z.enum(["critical", "warning"], {
    error: 'must be "critical" (somebody is woken) or "warning"; what only informs is a structured log event',
  }),
  service: reference("service"),
  when: condition,
  /** How long it must hold before it fires. */
  for: duration.default("0s"),
  /** Why it waits that long: what would be told for nothing after a shorter wait. */
  because: line.optional(),
  /** A direct signal (breaker open, target down, invariant) is evaluated every 5 seconds. */
  direct: z.boolean().default(false),
  /** What must never happen: any violation alerts. */
  invariant: z.boolean().default(false),
  /**
   * While it fires, a critical alert that says its service does not work at all holds back the warnings about failed or slow events
   * of the services that depend on it. Default: true of `target-down` only.
   */
  outage: z.boolean().optional(),
  /** Alerts of one cause: the critical one silences the warnings of the same service. */
  cause: slug.optional(),
  runbook,
});

type Input = z.input<typeof alert>;
/** An alert as the catalog defines it; its key in PascalCase is its name in Prometheus. */
export interface AlertInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type AlertSpec = z.output<typeof alert>;
export type ExampleSpec = z.output<typeof example>;
