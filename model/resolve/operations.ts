import type { Operation } from "../model.ts";
import { at } from "../problems.ts";
import { resolveSteps } from "./runbooks.ts";
import type { Scope } from "./scope.ts";

/** Operations whose queries are checked and kept to the platform, and whose alerts exist. */
export function resolveOperations(scope: Scope): Operation[] {
  return scope.described.entries.operations.map(({ spec, ...entry }) => {
    const { origin } = entry;
    scope.references.checkAll("alerts", spec.alerts, at(origin, "alerts"));
    const steps = (kind: "before" | "verify" | "undo") => resolveSteps(scope, spec[kind], at(origin, kind));
    return {
      ...entry,
      ...spec,
      before: steps("before"),
      parts: spec.parts.map((part, i) => ({
        ...part,
        steps: resolveSteps(scope, part.steps, at(origin, "parts", i, "steps")),
      })),
      verify: steps("verify"),
      undo: steps("undo"),
    };
  });
}
