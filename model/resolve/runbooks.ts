import type { RunbookSpec } from "../../catalog/runbook.ts";
import type { Origin } from "../model.ts";
import { at } from "../problems.ts";
import { resolveQuery, type Scope } from "./scope.ts";

/** A runbook whose queries are checked and kept to the platform. */
export function resolveRunbook(scope: Scope, runbook: RunbookSpec, origin: Origin): RunbookSpec {
  const steps = (kind: "diagnosis" | "mitigation" | "rollback") =>
    runbook[kind].map((step, i) =>
      step.query === undefined
        ? step
        : { ...step, query: resolveQuery(scope, step.query, at(origin, "runbook", kind, i, "query")) },
    );
  return {
    ...runbook,
    diagnosis: steps("diagnosis"),
    mitigation: steps("mitigation"),
    rollback: steps("rollback"),
  };
}
