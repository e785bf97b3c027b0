import { z } from "zod";
import { type Names, type ReferMembers, reference } from "./reference.ts";
import { line, meets, slug } from "./text.ts";
import { duration } from "./units.ts";

/** A value of a chart: what YAML can hold, and nothing that has to be run first. */
export type PlainValue =
  | string
  | number
  | boolean
  | null
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

const repository = z
  .string()
  .regex(
    /^(https|oci):\/\/[a-zA-Z0-9.-]+(:\d{1,5})?(\/[a-zA-Z0-9._~-]+)*$/,
    "must be an https:// or oci:// address without a trailing slash",
  )
  .meta({ examples: ["https://charts.example.com"] });

const exactVersion = z
  .string()
  .regex(
    /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    "must be one exact version: a range means another chart tomorrow",
  )
  .meta({ examples: ["1.4.0"] });

/** A third-party program of the foundation, installed by its Helm chart before the services. */
export const helmRelease = z.strictObject({
  meets,
  title: line,
  repository,
  chart: slug,
  version: exactVersion,
  /** Of its own: the platform's namespace is closed, and holds nothing but the platform's services. */
  namespace: slug,
  /** Whether the namespace is the release's, made and removed with it; otherwise Helm makes it where there is none, and leaves it. */
  createNamespace: z.boolean().default(true),
  /** Pod Security Standard of a namespace that is made; privileged is for what must see the node. */
  podSecurity: z.enum(["restricted", "baseline", "privileged"]).default("baseline"),
  /** The chart's values. Passwords are named by their Secrets: all of this is read by whoever may read the state. */
  values: z
    .record(z.string(), z.unknown())
    .superRefine((values, context) => {
      for (const [key, ...inside] of strangeValues(values)) {
        const where = inside.length > 0 ? ` at ${inside.join(".")}` : "";
        const message = `must be text, a number, true, false, null, a list or a map${where}`;
        context.addIssue({ code: "custom", path: key === undefined ? [] : [key], message });
      }
    })
    .default({}),
  /** How long its pods may take to be ready; then the release is rolled back. */
  timeout: duration.default("10m"),
  /** Helm releases of the environment that must stand before this one. */
  after: z.array(slug).default([]),
  /** API groups of the kinds that the chart brings to the cluster, which has each kind once. */
  kinds: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, "must be an API group, such as argoproj.io")
        .meta({ examples: ["argoproj.io"] }),
    )
    .default([]),
  /** Services that call it; opens their network policies to its namespace, at `ports`. */
  callers: z.array(reference("service")).default([]),
  ports: z.array(z.int().min(1).max(65_535)).default([]),
});

/** Paths of values that YAML could not hold as they are. */
function strangeValues(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value === "string" || typeof value === "boolean") return [];
  if (typeof value === "number") return Number.isFinite(value) ? [] : [path];
  if (Array.isArray(value)) return value.flatMap((member, i) => strangeValues(member, [...path, i]));
  const isPlain = typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return [path];
  return Object.entries(value).flatMap(([key, member]) => strangeValues(member, [...path, key]));
}

type Input = z.input<typeof helmRelease>;
/** A Helm release as the catalog describes it. */
export interface HelmReleaseInput<N extends Names = Names> extends Omit<ReferMembers<Input, N>, "values"> {
  values?: { readonly [key: string]: PlainValue } | undefined;
}
export type HelmReleaseSpec = z.output<typeof helmRelease>;
