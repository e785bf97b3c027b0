import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { runbook } from "./runbook.ts";
import { selector, where } from "./selector.ts";
import { line, meets, prose } from "./text.ts";
import { duration, percent, ratioOf } from "./units.ts";

/** Bad events among all events: counters, or the observations of a histogram. */
const badEvents = z.strictObject({ kind: z.literal("bad-events"), bad: selector, total: selector });
/** Good events among all events, likewise. */
const goodEvents = z.strictObject({ kind: z.literal("good-events"), good: selector, total: selector });
/** Events of a classic histogram that were faster than `threshold`, which must be one of its buckets. */
const latency = z.strictObject({
  kind: z.literal("latency"),
  metric: reference("metric"),
  where: where.optional(),
  threshold: duration,
});

export const sli = z.discriminatedUnion("kind", [badEvents, goodEvents, latency]);

export const slo = z.strictObject({
  meets,
  title: line,
  /** What a user notices when this is missed. */
  description: prose,
  service: reference("service"),
  objective: percent.refine((text) => ratioOf(text) > 0 && ratioOf(text) < 1, {
    error:
      'must be between 0% and 100%, both excluded: "never" and "always" are invariants, which alert on any violation',
  }),
  /** The window over which the budget is counted. */
  period: z
    .enum(["7d", "28d", "30d", "90d"], { error: 'must be "7d", "28d", "30d" or "90d"' })
    .default("30d"),
  sli,
  /** What a time without any event means: no failure, or nothing known. */
  noTraffic: z.enum(["good", "unknown"]).default("good"),
  /** Alerts stay silent while the long window holds fewer events: one failure at night must not page. */
  minimumEvents: z.int().min(0).default(0),
  runbook,
});

type Input = z.input<typeof slo>;
/** A service level objective as the catalog states it. */
export interface SloInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type SloSpec = z.output<typeof slo>;
