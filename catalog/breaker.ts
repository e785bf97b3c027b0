import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { selector } from "./selector.ts";
import { line, meets, prose, slug } from "./text.ts";
import { duration, percent, rate } from "./units.ts";

const many = z.int().min(1).max(10_000);

/** What a breaker counts, and when that is too much. Shares and levels open it when they are above, never when they are equal. */
const opens = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("consecutive-failures"), failures: many }),
  z.strictObject({
    kind: z.literal("failure-rate"),
    above: percent,
    window: duration,
    /** Below that many in the window nothing is decided. */
    minimumCalls: many,
  }),
  /** Of so many last ones, whenever they were; nothing is decided before there are that many. */
  z.strictObject({ kind: z.literal("share-of-last"), above: percent, of: z.int().min(2).max(1000) }),
  z.strictObject({ kind: z.literal("timeouts"), timeouts: many, window: duration }),
  /** Something that is measured, such as the used share of a disk. */
  z.strictObject({ kind: z.literal("level"), above: percent }),
]);

const recovers = z.discriminatedUnion("kind", [
  /** After the wait one call is let through: its success closes the breaker, its failure opens it for the next wait; the last one repeats. */
  z.strictObject({ kind: z.literal("trial"), after: z.array(duration).min(1).max(20) }),
  /** Closes by itself, and counts anew. */
  z.strictObject({ kind: z.literal("cool-down"), time: duration }),
  /** Closes once what it counts has been within its bounds for that long without a break. */
  z.strictObject({ kind: z.literal("normal-for"), time: duration }),
  /** Closes once the level is below. */
  z.strictObject({ kind: z.literal("level"), below: percent }),
]);

/** What happens for as long as it is open; `tell-people` is what its alert does. */
const action = z.discriminatedUnion("do", [
  z.strictObject({ do: z.literal("refuse-calls") }),
  z.strictObject({ do: z.literal("use-back-up"), backUp: slug }),
  z.strictObject({ do: z.literal("throttle"), to: rate }),
  z.strictObject({ do: z.literal("pause-starts") }),
  z.strictObject({ do: z.literal("pause-tasks") }),
  z.strictObject({ do: z.literal("lower-threshold"), by: percent }),
  z.strictObject({ do: z.literal("pause-artifacts") }),
  z.strictObject({ do: z.literal("compress-artifacts") }),
  z.strictObject({ do: z.literal("restart"), service: reference("service") }),
]);

/** A circuit breaker: what it protects, when it opens, what happens meanwhile, when it closes. */
export const breaker = z.strictObject({
  meets,
  title: line,
  /** What is left alone while it is open, and for whose sake. */
  description: prose,
  /** The service that has it. */
  service: reference("service"),
  opens,
  recovers,
  whileOpen: z.array(action).min(1),
  /** Whether all replicas have one state; otherwise each has its own. */
  shared: z.boolean().default(true),
  /** The gauge that is 1 while it is open. */
  shownBy: selector,
  /** Who is told that it opened. */
  alert: reference("alert"),
});

type Input = z.input<typeof breaker>;
/** A breaker as the catalog describes it. */
export interface BreakerInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type BreakerSpec = z.output<typeof breaker>;
