import type { RunbookSpec, StepSpec } from "../../catalog/runbook.ts";
import type { Origin } from "../model.ts";
import { at, type Place } from "../problems.ts";
import { resolveQuery, type Scope } from "./scope.ts";

/** A runbook whose queries are checked and kept to the platform. */
export function resolveRunbook(scope: Scope, runbook: RunbookSpec, origin: Origin): RunbookSpec {
  const steps = (kind: "diagnosis" | "mitigation" | "rollback") =>
    resolveSteps(scope, runbook[kind], at(origin, "runbook", kind));
  return {
    ...runbook,
    diagnosis: steps("diagnosis"),
    mitigation: steps("mitigation"),
    rollback: steps("rollback"),
  };
}

/** Steps whose queries are checked and kept to the platform; `list` is where the list of them stands. */
export function resolveSteps(scope: Scope, steps: readonly StepSpec[], list: Place): StepSpec[] {
  return steps.map((step, i) =>
    step.query === undefined
      ? step
      : { ...step, query: resolveQuery(scope, step.query, { ...list, path: [...list.path, i, "query"] }) },
  );
}
