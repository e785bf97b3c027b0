import { z } from "zod";
import { baseUrl, slug } from "./text.ts";
import { duration, type Percent, percent, ratioOf } from "./units.ts";

/** What a new release of a service must show on a share of the requests before it gets all of them (WV-19). */
export const canary = z.strictObject({
  /** Requests on each side that a judgement needs; an SLO's and a gate's own number counts where it is more. */
  minimumEvents: z.int().min(1).max(1_000_000).default(100),
  /** How much an error ratio may grow against the release before without that being held against the new one. */
  tolerance: percent.default("0.1%"),
});

/** What divides requests between two releases. Its name says what must run in the cluster. */
const router = z.discriminatedUnion("kind", [
  /** Istio: the callers' sidecars divide, by a VirtualService for each service with a canary. */
  z.strictObject({ kind: z.literal("istio") }),
  /** Gateway API: the Gateway divides what comes in by it, by an HTTPRoute for each service with a canary. */
  z.strictObject({
    kind: z.literal("gateway-api"),
    gateway: z.strictObject({ name: slug, namespace: slug }),
    /** Each service with a canary is reached as SERVICE.DOMAIN. */
    domain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, "must be a domain name")
      .max(180)
      .meta({ examples: ["shop.example"] }),
  }),
  /** Nothing: a share of the requests is a share of the pods, as a Service spreads them. */
  z.strictObject({ kind: z.literal("replicas") }),
]);

/** A controller takes whole percents, and each step must be more than the one before. */
const steps = z
  .array(
    percent
      .refine((text) => Number.isInteger(percentOf(text)) && percentOf(text) > 0, {
        error: "must be a whole percentage above 0%",
      })
      .meta({ examples: ["100%"] }),
  )
  .min(1)
  .refine((all) => all.every((one, i) => i === 0 || percentOf(one) > percentOf(all[i - 1] ?? "0%")), {
    error: "must rise: each step is more than the one before",
  })
  .refine((all) => all.at(-1) === "100%", { error: "must end with 100%" })
  .meta({ examples: [["1%", "10%", "50%", "100%"]] });

/** How releases of services with a `canary` enter an environment. */
export const canaries = z.strictObject({
  /** What runs in the cluster and moves the weights. */
  controller: z.enum(["argo-rollouts", "flagger"]),
  router,
  /** Shares of the requests that the new release gets, one after the other. */
  steps: steps.default(["1%", "10%", "50%", "100%"]),
  /** How long each step is watched before it is judged; queries look back over as long. */
  observe: duration.default("10m"),
  /** How often a step is looked at meanwhile, so that a release which fails goes back at once. */
  every: duration.default("1m"),
  /** Where the controller reaches Prometheus, if not at the address of `links`. */
  prometheus: baseUrl.optional(),
});

/** Percents of a valid percentage: a whole number as it is written. */
export function percentOf(text: Percent): number {
  return Number((ratioOf(text) * 100).toPrecision(12));
}

export type CanariesSpec = z.output<typeof canaries>;
