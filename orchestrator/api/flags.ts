import { FlagdCore } from "@openfeature/flagd-core";
import type { EvaluationContext, JsonValue, Provider } from "@openfeature/server-sdk";
import { z } from "zod";
import type { Principal } from "../security/principal.ts";
import type { StoredFlag } from "./ports.ts";

const variantName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, "must be letters, digits and . _ -");
const variants = <T extends z.ZodType>(value: T) => z.record(variantName, value);

/** A flag as flagd defines it (https://flagd.dev/reference/flag-definitions); variants are all of one type. */
export const flagDefinition = z
  .strictObject({
    state: z.enum(["ENABLED", "DISABLED"]),
    variants: z.union([
      variants(z.boolean()),
      variants(z.string().max(2_000)),
      variants(z.number()),
      variants(z.record(z.string(), z.unknown())),
    ]),
    defaultVariant: variantName,
    targeting: z.record(z.string(), z.unknown()).optional().describe("JSON Logic"),
  })
  .refine(({ variants, defaultVariant }) => Object.hasOwn(variants, defaultVariant), {
    path: ["defaultVariant"],
    message: "is none of the variants",
  });
export type FlagDefinition = z.infer<typeof flagDefinition>;

/** Given back where a flag has no value; no flag can have it. */
const unresolved = { "": "unresolved" };

/** A provider of OpenFeature over flagd definitions. Targeting is interpreted, never compiled: a definition cannot become code. */
export class FlagdProvider implements Provider {
  readonly metadata = { name: "flagd definitions" };
  readonly #core = new FlagdCore(undefined, undefined, { disableDynamicCodeGeneration: true });

  constructor(flags: readonly StoredFlag[]) {
    const definitions = Object.fromEntries(flags.map(({ name, definition }) => [name, definition]));
    this.#core.setConfigurations(JSON.stringify({ flags: definitions }));
  }

  async resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext) {
    return this.#core.resolveBooleanEvaluation(key, fallback, context);
  }
  async resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext) {
    return this.#core.resolveStringEvaluation(key, fallback, context);
  }
  async resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext) {
    return this.#core.resolveNumberEvaluation(key, fallback, context);
  }
  async resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext) {
    return this.#core.resolveObjectEvaluation(key, fallback, context);
  }

  /** The value of a flag of whatever type its variants are; no value where the flag is disabled or its targeting fails. */
  async resolve({ name, definition }: StoredFlag, context: EvaluationContext) {
    const type = typeof Object.values(definition.variants)[0];
    const kind = type === "boolean" || type === "string" || type === "number" ? type : "object";
    const details = this.#core.resolve<JsonValue>(kind, name, unresolved, context);
    const { variant, reason = "UNKNOWN" } = details;
    const value = "value" in details && details.value !== unresolved ? details.value : undefined;
    return { value, variant, reason };
  }
}

/** Flags with the value that they have for the bearer: targeting sees `targetingKey` (the subject), `project` and `roles`. */
export async function evaluateFlags(flags: readonly StoredFlag[], { subject, project, roles }: Principal) {
  const provider = new FlagdProvider(flags);
  const context = { targetingKey: subject, project, roles: [...roles] };
  return Promise.all(
    flags.map(async (flag) => {
      const { value, variant, reason } = await provider.resolve(flag, context);
      return { ...flag, value, variant, reason };
    }),
  );
}
