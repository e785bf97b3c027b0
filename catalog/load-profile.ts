import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { line, meets, prose, slug } from "./text.ts";
import { duration, percent, rate } from "./units.ts";

const users = {
  /** Virtual users at most: when they do not suffice, iterations are dropped and the run says so. */
  maxUsers: z.int().min(1).max(10_000).default(100),
};

/** Open models: arrivals do not wait for answers, so that a slow service cannot hide its slowness. */
export const arrivals = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), rate, for: duration, ...users }),
  z.strictObject({
    kind: z.literal("ramping"),
    from: rate,
    stages: z.array(z.strictObject({ to: rate, over: duration })).min(1),
    ...users,
  }),
]);

export const request = z.strictObject({
  name: slug,
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("GET"),
  /** Path and query, from the target's base URL. */
  path: z
    .string()
    .regex(/^\/[^\s"'`\\<>{}|^]*$/, "must be a URL path without spaces, quotes or braces")
    .meta({ examples: ["/orders"] }),
  /** JSON body. */
  body: (z.json() as z.ZodType<unknown, unknown>).optional(),
  /** Status codes that count as success. */
  expect: z.array(z.int().min(100).max(599)).min(1).default([200]),
  /** Share of this request among the profile's. */
  weight: z.int().min(1).default(1),
});

export const loadProfile = z.strictObject({
  meets,
  title: line,
  description: prose,
  /** The service under load, and the name of its port. */
  target: z.strictObject({ service: reference("service"), port: z.string() }),
  arrivals,
  /** Sent once, in order, before the load: what the requests need to find. */
  prepare: z.array(request).default([]),
  requests: z.array(request).min(1),
  /** SLOs of the target whose objectives become thresholds of the run. */
  slos: z.array(reference("slo")).default([]),
  /** Share of the checks that must hold; a run without any sample fails. */
  checks: percent.default("99%"),
  /** The run ends when a threshold no longer holds: what it reached by then is the result. */
  untilFailure: z.boolean().default(false),
});

type Input = z.input<typeof loadProfile>;
export interface LoadProfileInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type LoadProfileSpec = z.output<typeof loadProfile>;
