import type { Operation } from "../model.ts";
import { at } from "../problems.ts";
import { standardPages } from "../standard-pages.ts";
import { resolveSteps } from "./runbooks.ts";
import type { Scope } from "./scope.ts";

/** Operations whose queries are checked and kept to the platform, and whose alerts exist. */
export function resolveOperations(scope: Scope): Operation[] {
  return scope.described.entries.operations.map(({ spec, ...entry }) => {
    const { origin, name } = entry;
    if (spec.parts.length === 0 && !(standardPages as readonly string[]).includes(name)) {
      const message = `operation "${name}" has no steps, and no page of that name is made by itself`;
      scope.problems.add("schema/missing", at(origin), message, {
        fix: `add parts, or name it after one of ${standardPages.join(", ")}`,
      });
    }
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
