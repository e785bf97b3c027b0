import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { selector } from "./selector.ts";
import { line, meets, prose } from "./text.ts";
import { bytes, duration, percent } from "./units.ts";

const DECIMAL = { kB: 1e3, MB: 1e6, GB: 1e9 } as const;
export type DecimalBytes = `${number}${keyof typeof DECIMAL}`;

/** An amount in powers of ten, as requirements write it: `"100MB"` is 100,000,000 bytes. */
const decimalBytes: z.ZodType<DecimalBytes, DecimalBytes> = z
  .templateLiteral([z.number(), z.enum(["kB", "MB", "GB"])])
  .meta({ examples: ["100MB"] });

/** Bytes of a valid amount in powers of ten. */
export function decimalBytesOf(text: DecimalBytes): number {
  return Number.parseFloat(text) * DECIMAL[text.slice(-2) as keyof typeof DECIMAL];
}

const amount = z.union([z.number().positive(), bytes, decimalBytes, duration, percent], {
  error: 'must be a number above 0 or an amount with its unit, such as "100MB", "512Mi", "30s" or "80%"',
});

/** What happens at the limit, in order: the next follows where the one before did not help. */
const action = z.enum([
  "wait",
  "refuse",
  "try-again",
  "fail-task",
  "pause-starts",
  "pause-tasks",
  "slow-down",
  "clean-up",
  "compress",
  "stop-process",
  "stop-agent",
  "kill",
  "replace-agent",
  "report-incident",
  "tell-people",
]);

/** The most that something may use, take or try. */
export const limit = z.strictObject({
  meets,
  title: line,
  description: prose,
  /** The service that keeps it. */
  service: reference("service"),
  /** Of what, in a word or two: "tokens", "attempts". A number without a unit counts these. */
  of: line,
  atMost: amount,
  per: z.enum([
    "task",
    "stage",
    "session",
    "agent",
    "start",
    "call",
    "file",
    "server",
    "user",
    "replica",
    "platform",
  ]),
  /** The time over which it is counted; without it, over the whole life of what it is for. */
  window: duration.optional(),
  /** The share of it at which something is said or done already. */
  warnsAt: percent.optional(),
  /** Waits before each attempt after the first; the last one repeats. */
  waits: z.array(duration).min(1).max(20).optional(),
  reached: z.array(action).min(1),
  /** The metric that shows what is used, where one does. */
  shownBy: selector.optional(),
  alert: reference("alert").optional(),
});

type Input = z.input<typeof limit>;
/** A limit as the catalog describes it. */
export interface LimitInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type LimitSpec = z.output<typeof limit>;
