import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { secretRef } from "./service.ts";
import { meets, slug } from "./text.ts";
import { timeWindow } from "./time-window.ts";
import { duration } from "./units.ts";

/** Where a notification goes. Addresses that are secret stay in files that Alertmanager reads. */
export const receiver = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("pagerduty"), routingKey: secretRef }),
  z.strictObject({
    kind: z.literal("slack"),
    webhook: secretRef,
    channel: z
      .string()
      .regex(/^#[a-z0-9_-]{1,79}$/, "must be a channel such as #alerts")
      .meta({ examples: ["#alerts"] }),
  }),
  z.strictObject({
    kind: z.literal("webhook"),
    url: z.url({ protocol: /^https?$/ }).meta({ examples: ["https://hooks.example.com"] }),
  }),
  z.strictObject({ kind: z.literal("webhook-secret"), address: secretRef }),
]);
export type ReceiverSpec = z.output<typeof receiver>;

export const routing = z.strictObject({
  meets,
  receivers: z.record(slug, receiver),
  /** Who is told of what, by severity. */
  routes: z.strictObject({
    critical: z.array(reference("receiver")).min(1),
    warning: z.array(reference("receiver")).min(1),
  }),
  /** Who else is told of a critical alert that has fired for so long and that nobody has silenced, one step after the other. */
  escalation: z
    .array(z.strictObject({ after: duration, to: z.array(reference("receiver")).min(1) }))
    .default([]),
  /** When nobody is told of warnings, by name; what still fires afterwards is told then. Critical alerts are never muted. */
  muteTimes: z.record(slug, timeWindow).default({}),
  /** Gets the Watchdog for as long as alerting works at all, and raises the alarm when it stops. */
  heartbeat: reference("receiver"),
});

type Input = z.input<typeof routing>;
export interface RoutingInput<N extends Names = Names> extends ReferMembers<Input, N> {}
export type RoutingSpec = z.output<typeof routing>;
