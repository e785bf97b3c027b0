import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { labelName, line, meets } from "./text.ts";

/** A label's values: all of them, or for values that are not known beforehand, how many there may be. */
export const labelValues = z.union(
  [z.array(z.string().max(200)).min(1), z.strictObject({ atMost: z.int().min(1).max(10_000) })],
  { error: "must be the list of values, or { atMost: N } where they are not known beforehand" },
);

/** The four classes of PM-3. */
export const metricClass = z.enum(["business", "technical", "user", "system"]);

/** Base units, as Prometheus names them; a counter's and a histogram's name must end in its unit. */
export const metricUnit = z.enum(["seconds", "bytes", "ratio", "tokens", "usd", "celsius", "count"]);

const type = z.enum(["counter", "gauge", "histogram"]);
/** Upper bounds of a histogram's buckets, in its unit, ascending, without +Inf. */
const buckets = z.array(z.number().positive()).min(1).optional();
const native = z.boolean().default(false);
const typed = z.object({ type, buckets, native });

export const metric = z
  .strictObject({
    meets,
    type,
    class: metricClass,
    /** Base unit of the value; "count" for plain numbers of things. */
    unit: metricUnit.default("count"),
    /** One sentence: what is counted or measured. */
    help: line,
    /** The services that expose it. */
    services: z.array(reference("service")).min(1),
    /** Labels that the service sets; those of the scrape (job, instance, platform, service, …) are added to every series. */
    labels: z.record(labelName, labelValues).default({}),
    buckets,
    /** A native histogram, which chooses its buckets itself: it comes by OTLP or remote write, or a scrape in protobuf. */
    native,
  })
  .refine((m) => (m.type === "histogram" && !m.native) === (m.buckets !== undefined), {
    error: "a histogram that is not native needs buckets, and nothing else has them",
    path: ["buckets"],
    // Told beside whatever else is wrong with the metric, as long as these three can be read; a misspelt one may be any of them.
    when: ({ value, issues }) =>
      typed.safeParse(value).success && !issues.some(({ code }) => code === "unrecognized_keys"),
  })
  .refine((m) => m.type === "histogram" || !m.native, {
    error: "only a histogram can be native",
    path: ["native"],
    when: ({ value }) => typed.safeParse(value).success,
  })
  .refine((m) => m.buckets?.every((bound, i, all) => i === 0 || bound > (all[i - 1] ?? 0)) ?? true, {
    error: "must ascend",
    path: ["buckets"],
    when: ({ value }) => typed.safeParse(value).success,
  });

type Input = z.input<typeof metric>;
/** A metric as the catalog declares it; its key is its full Prometheus name. */
export interface MetricInput<N extends Names = Names> extends ReferMembers<Input, N> {}
/** A metric with its defaults filled in. */
export type MetricSpec = z.output<typeof metric>;
