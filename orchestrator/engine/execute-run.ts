import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Step } from "../domain/workflow.ts";
import { PIPELINE } from "../pipeline/definition.ts";
import { builtIn } from "../store/workflows.ts";
import type { Execution } from "./do-task.ts";
import { executePipeline } from "./execute-pipeline.ts";
import {
  countStates,
  type Ended,
  failure,
  forever,
  messageOf,
  type Outcome,
  storedOutcome,
  sumSpent,
} from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { performStep } from "./perform-step.ts";
import type { Plan } from "./plan.ts";
import { runStateOf } from "./run-state.ts";

/**
 * Executes a run as a DBOS workflow: the built-in pipeline by its reducer, every other one as a graph of steps. Executed again after a process was
 * lost, it goes on where it was.
 */
export async function executeRun(plan: Plan, parts: Parts): Promise<void> {
  const control = parts.controls.enter(plan.id, plan);
  const during = runStateOf((state) => void parts.journal.run({ id: plan.id, state }).catch(parts.onError));
  const execution = { parts, plan, control, during };
  const isPipeline = plan.workflow === PIPELINE && plan.workflowProject === builtIn;
  try {
    const ended = isPipeline ? await executePipeline(execution) : await executeSteps(execution);
    await finish(ended, execution);
  } catch (error) {
    // Others execute it now: what of it still goes on here ends without a trace.
    control.giveUp();
    throw error;
  } finally {
    parts.controls.leave(plan.id);
  }
  parts.onFree();
}

async function executeSteps(execution: Execution): Promise<Ended> {
  const outcomes = await walk(execution);
  const failed = [...outcomes].find(([, { state }]) => state === "failed");
  return {
    outcome: execution.control.signal.aborted ? "cancelled" : failed ? "failed" : "succeeded",
    ...(failed && { error: `${failed[0]}: ${failed[1].error ?? "failed"}` }),
    steps: countStates([...outcomes.values()]),
    ...sumSpent([...outcomes.values()]),
    incident: false,
    intervention: execution.plan.definition.steps.some(({ risk }) => risk === "APPROVAL_REQUIRED"),
  };
}

/**
 * Each step is one DBOS step, whose checkpoint says that its outcome is stored. All of them are begun at once, in the order of the definition,
 * and each waits within itself for those that it needs. So DBOS numbers them the same way at each execution, whatever the order in which they end,
 * and as many are done at a time as the definition allows. A step with a checkpoint is not called again, and one whose outcome was
 * stored, but not yet its checkpoint, takes what is stored.
 */
async function walk(execution: Execution): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Promise<Outcome>>();
  const perform = async (step: Step): Promise<Outcome> => {
    let performed: Outcome | undefined;
    const body = async () => {
      // DBOS asks the database before it calls this: by then each step has its promise. One that fails is not this process's any more.
      const needed = step.needs.map(async (id) => [id, await outcomes.get(id)?.catch(forever)] as const);
      const needs = Object.fromEntries(await Promise.all(needed)) as Record<string, Outcome>;
      performed = await performStep(step, { ...execution, needs }).catch((error) =>
        failure(messageOf(error)),
      );
      return performed.state;
    };
    await DBOS.runStep(body, { name: step.id });
    return performed ?? storedOutcome(execution.plan.stored.get(step.id)) ?? failure("its outcome was lost");
  };
  for (const step of execution.plan.definition.steps) outcomes.set(step.id, perform(step));
  await Promise.all(outcomes.values());
  const settled = [...outcomes].map(async ([id, outcome]) => [id, await outcome] as const);
  return new Map(await Promise.all(settled));
}

/** Stores the run's end before DBOS stores the workflow's: ended in between, the run is executed again, and nothing of it is left to do. */
async function finish(
  { error, ...ended }: Ended,
  { parts: { journal }, plan, control, during }: Execution,
): Promise<void> {
  if (control.signal.aborted && control.signal.reason !== "cancelled") await forever();
  const { id, project, workflow, priority, startedAt, acceptedAt } = plan;
  const times = {
    seconds: secondsSince(startedAt),
    sinceAcceptedSeconds: secondsSince(acceptedAt),
    forPeopleSeconds: during.waitedSeconds(),
  };
  await journal.run({
    id,
    state: ended.outcome,
    ...(error !== undefined && ended.outcome === "failed" && { error }),
    finished: { type: "run.finished", runId: id, project, workflow, priority, ...times, ...ended },
  });
}

const secondsSince = (then: number): number => Math.max(0, (Date.now() - then) / 1_000);
