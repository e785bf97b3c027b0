import type { DomainEvent } from "../domain/event.ts";
import type { Progress } from "../pipeline/run-pipeline.ts";
import type { PipelineState } from "../pipeline/state.ts";
import type { StepRow } from "../store/journal.ts";
import type { Ended } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** The stages' rows after a turn: a stage runs from when it is entered until its gate lets it out or sends it back. */
export function rowsOfTurn({ state }: Progress, events: readonly DomainEvent[]): StepRow[] {
  const at = new Date().toISOString();
  return events.flatMap((event): StepRow[] => {
    if (event.type !== "stage.entered" && event.type !== "stage.left") return [];
    const { runId, stage: stepId } = event;
    const row = { runId, stepId, attempt: state.commanded[stepId] ?? 1 };
    if (event.type === "stage.entered") return [{ ...row, state: "running", startedAt: at }];
    return [{ ...row, state: event.outcome === "passed" ? "succeeded" : "failed", finishedAt: at }];
  });
}

/** What is left open when a run ends, and what it never came to, is skipped; without a state, all of it. */
export function rowsAtEnd(plan: Plan, state?: PipelineState): StepRow[] {
  const at = { runId: plan.id, state: "skipped", finishedAt: new Date().toISOString() } as const;
  const never = plan.definition.steps.filter(({ id }) => state?.commanded[id] === undefined);
  const open = state?.outstanding ?? [];
  // Of those that have ended before, the row stays as it is.
  const left = state ? [{ id: state.stage, attempt: state.commanded[state.stage] ?? 1 }] : [];
  return [
    ...never.map(({ id }) => ({ ...at, stepId: id, attempt: 1 })),
    ...[...left, ...open.map(({ stepId: id, attempt }) => ({ id, attempt }))].map(({ id, attempt }) => ({
      ...{ ...at, stepId: id, attempt },
    })),
  ];
}

/** The stages of a run by how they ended: those before the last one have passed, the last one is as the run, and it came to no others. */
export function stagesByEnd(plan: Plan, state?: PipelineState): Ended["steps"] {
  const came = state ? state.stages.indexOf(state.stage) : 0;
  const succeeded = state?.outcome === "succeeded" ? came + 1 : came;
  const failed = state?.outcome === "failed" ? 1 : 0;
  return { succeeded, failed, skipped: plan.definition.steps.length - succeeded - failed };
}
