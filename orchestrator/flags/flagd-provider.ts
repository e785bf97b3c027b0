import { FlagdCore } from "@openfeature/flagd-core";
import type { EvaluationContext, JsonValue, Provider } from "@openfeature/server-sdk";

/** A flag with its flagd definition. */
export interface DefinedFlag {
  name: string;
  definition: object;
}

/** Given back where a flag has no value; no flag can have it. */
const unresolved = { "": "unresolved" };

/** A provider of OpenFeature over flagd definitions. Targeting is interpreted, never compiled: a definition cannot become code. */
export class FlagdProvider implements Provider {
  readonly metadata = { name: "flagd definitions" };
  readonly #core = new FlagdCore(undefined, undefined, { disableDynamicCodeGeneration: true });

  constructor(flags: readonly DefinedFlag[] = []) {
    this.set(flags);
  }

  /** Evaluates these from now on, and no others. */
  set(flags: readonly DefinedFlag[]): void {
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
  async resolve(
    { name, variants }: { name: string; variants: Readonly<Record<string, unknown>> },
    context: EvaluationContext,
  ) {
    const type = typeof Object.values(variants)[0];
    const kind = type === "boolean" || type === "string" || type === "number" ? type : "object";
    const details = this.#core.resolve<JsonValue>(kind, name, unresolved, context);
    const { variant, reason = "UNKNOWN" } = details;
    const value = "value" in details && details.value !== unresolved ? details.value : undefined;
    return { value, variant, reason };
  }
}
