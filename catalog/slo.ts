import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { runbook } from "./runbook.ts";
import { selector, where } from "./selector.ts";
import { sloExample } from "./slo-example.ts";
import { labelName, line, meets, prose } from "./text.ts";
import { duration, percent, ratioOf } from "./units.ts";

/** Bad events among all events: counters, or the observations of a histogram. */
const badEvents = z.strictObject({ kind: z.literal("bad-events"), bad: selector, total: selector });
/** Good events among all events, likewise. */
const goodEvents = z.strictObject({ kind: z.literal("good-events"), good: selector, total: selector });
/** Events of a histogram that were faster than `threshold`, which a classic histogram must have as one of its buckets. */
const latency = z.strictObject({
  kind: z.literal("latency"),
  metric: reference("metric"),
  where: where.optional(),
  threshold: duration,
});
/** Minutes in which something had happened recently: a gauge of the Unix time when it last did. */
const freshness = z.strictObject({
  kind: z.literal("freshness"),
  metric: reference("metric"),
  where: where.optional(),
  youngerThan: duration,
  /** Which of several series counts: the newest, or the oldest, so that all of them must be fresh. */
  counts: z.enum(["newest", "oldest"]).default("newest"),
});
/** Minutes in which a gauge was as it should be. */
const gauge = z.strictObject({
  kind: z.literal("gauge"),
  metric: reference("metric"),
  where: where.optional(),
  aggregate: z.enum(["max", "min", "sum", "avg"]),
  /** The minute is good while this holds. */
  is: z.enum([">", ">=", "<", "<="]),
  value: z.number(),
});
/** Counts in PromQL of one's own: how many events there were in the last `$window`, as `increase` gives it, and how many were bad (or good). */
const custom = z
  .strictObject({
    kind: z.literal("custom"),
    bad: z.string().min(1).optional(),
    good: z.string().min(1).optional(),
    total: z.string().min(1),
    /** Series from which the unit tests are made, at least one moment of them with bad events. */
    examples: z.array(sloExample).min(1),
  })
  .refine((own) => (own.bad === undefined) !== (own.good === undefined), {
    error: "a custom SLI counts either bad or good events",
    path: ["bad"],
  })
  .refine((own) => own.examples.some((one) => one.expect.some(({ bad }) => bad > 0)), {
    error: "must show a moment with bad events: a test that sees only good ones cannot fail",
    path: ["examples"],
  })
  .meta({
    examples: [
      {
        kind: "custom",
        bad: "sum(increase(failures_total[$window]))",
        total: "sum(increase(requests_total[$window]))",
        examples: [{ title: "Half fail", series: {}, expect: [{ at: "5m", events: 10, bad: 5 }] }],
      },
    ],
  });
/** The weighted mean of what other SLOs of the same period and groups miss. */
const composite = z.strictObject({
  kind: z.literal("composite"),
  of: z
    .array(z.strictObject({ slo: reference("slo"), weight: z.number().positive().default(1) }))
    .min(2)
    .meta({ examples: [[{ slo: "availability" }, { slo: "latency" }]] }),
});

export const sli = z.discriminatedUnion("kind", [
  badEvents,
  goodEvents,
  latency,
  freshness,
  gauge,
  custom,
  composite,
]);

const PERIODS = ["7d", "28d", "30d", "90d", "calendar-month", "calendar-quarter"] as const;
/** What is asked of events has no meaning for minutes, which pass without anybody's doing, nor for a mean of other SLOs. */
const EVENTLESS = ["freshness", "gauge", "composite"];

export const slo = z
  .strictObject({
    meets,
    title: line,
    /** What a user notices when this is missed. */
    description: prose,
    service: reference("service"),
    objective: percent.refine((text) => ratioOf(text) > 0 && ratioOf(text) < 1, {
      error:
        'must be between 0% and 100%, both excluded: "never" and "always" are invariants, which alert on any violation',
    }),
    /** The window over which the budget is counted; a calendar period begins on its first day at midnight UTC. */
    period: z
      .enum(PERIODS, { error: `must be one of ${PERIODS.map((one) => `"${one}"`).join(", ")}` })
      .default("30d"),
    sli,
    /** Labels that stay apart: each combination of their values has a budget and alerts of its own. */
    by: z.array(labelName).default([]),
    /** The most combinations that `by` may have, by the declared values of its labels: each costs some twenty series. */
    atMostSeries: z.int().min(1).max(10_000).default(100),
    /** What a time without any event means: no failure (the default), or nothing known. */
    noTraffic: z.enum(["good", "unknown"]).optional(),
    /**
     * Alerts stay silent while the long window holds fewer events: one failure at night must not page. Of minutes, how many must
     * have been measured. Default: 0 events, 5 minutes.
     */
    minimumEvents: z.int().min(0).optional(),
    /** Warns when, at the pace of `basedOn`, the budget is used up within so long. */
    budgetForecast: z.strictObject({ within: duration, basedOn: duration }).optional(),
    runbook,
  })
  .refine((one) => one.noTraffic === undefined || !EVENTLESS.includes(one.sli.kind), {
    error: "it has a meaning only where events are counted",
    path: ["noTraffic"],
  })
  .refine((one) => one.minimumEvents === undefined || one.sli.kind !== "composite", {
    error: "the parts of a composite speak for themselves",
    path: ["minimumEvents"],
  });

type Input = z.input<typeof slo>;
/** A service level objective as the catalog states it. */
export interface SloInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type SloSpec = z.output<typeof slo>;
