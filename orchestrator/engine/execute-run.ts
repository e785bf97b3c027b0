import { setTimeout as delay } from "node:timers/promises";
import { finalStates, type RunState } from "../domain/run.ts";
import type { Step } from "../domain/workflow.ts";
import { PIPELINE } from "../pipeline/definition.ts";
import type { Store } from "../store/database.ts";
import { persistently } from "../store/transient.ts";
import { builtIn } from "../store/workflows.ts";
import type { Execution } from "./do-task.ts";
import { executePipeline } from "./execute-pipeline.ts";
import { countStates, type Ended, failure, forever, messageOf, type Outcome, sumSpent } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { performStep } from "./perform-step.ts";
import { type Plan, planReader } from "./plan.ts";
import { unstartedReturn } from "./return-unstarted.ts";
import { runStateOf } from "./run-state.ts";

/** Milliseconds before the first look whether a run has started, and between two at most. */
const startsWithinMs = { first: 10, atMost: 250 };

/** Executes a run of which only the id is known; nothing is left to do for one that was deleted, or ended while it waited in the queue. */
export function runExecution(
  store: Store,
  { executorId, ...parts }: Parts & { executorId: string },
): (runId: string) => Promise<void> {
  const readPlan = planReader(store);
  const returnUnstarted = unstartedReturn({ store, executorId });
  return async (runId) => {
    const read = () => persistently(() => readPlan(runId), parts.onError);
    let plan = await read();
    // Taken from the queue before the transaction that starts it has ended: what flags decide of it cannot be seen yet.
    for (let wait = startsWithinMs.first; plan?.state === "queued"; wait *= 2) {
      await delay(Math.min(wait, startsWithinMs.atMost));
      if (parts.controls.ended()) await forever();
      if (await persistently(() => returnUnstarted(runId), parts.onError)) await forever();
      plan = await read();
    }
    if (plan && !finalStates.includes(plan.state as RunState)) await executeRun(plan, parts);
  };
}

/**
 * Executes a run as a DBOS workflow: the built-in pipeline by its reducer, every other one as a graph of steps. Executed again after a process was
 * lost, it goes on where it was.
 */
async function executeRun(plan: Plan, parts: Parts): Promise<void> {
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
 * Performs all steps, each as soon as those that it needs have ended: as many are done at a time as the definition allows. The row of a step
 * is its checkpoint, stored before any other step can see the outcome: one that ended before is not done again, and DBOS, which would store the same once
 * more, is not asked (decision 88).
 */
async function walk(execution: Execution): Promise<Map<string, Outcome>> {
  const { steps } = execution.plan.definition;
  const begun = new Map<string, Promise<Outcome>>();
  const outcomeOf = (step: Step): Promise<Outcome> => {
    const outcome = begun.get(step.id) ?? perform(step);
    begun.set(step.id, outcome);
    return outcome;
  };
  const outcomesOf = async (some: readonly Step[]) =>
    Promise.all(some.map(async (step) => [step.id, await outcomeOf(step)] as const));
  const perform = async (step: Step): Promise<Outcome> => {
    const needs = await outcomesOf(steps.filter(({ id }) => step.needs.includes(id)));
    return performStep(step, { ...execution, needs: Object.fromEntries(needs) }).catch((error) =>
      failure(messageOf(error)),
    );
  };
  return new Map(await outcomesOf(steps));
}

/** Stores the run's end before DBOS stores the workflow's: ended in between, the run is executed again, and nothing of it is left to do. */
async function finish(
  { error, ...ended }: Ended,
  { parts: { journal }, plan, control, during }: Execution,
): Promise<void> {
  if (control.signal.aborted && control.signal.reason !== "cancelled") await forever();
  const { id, project, workflow, priority, startedAt, acceptedAt, flags } = plan;
  const times = {
    seconds: secondsSince(startedAt),
    sinceAcceptedSeconds: secondsSince(acceptedAt),
    forPeopleSeconds: during.waitedSeconds(),
  };
  await journal.run({
    id,
    state: ended.outcome,
    ...(error !== undefined && ended.outcome === "failed" && { error }),
    finished: {
      type: "run.finished",
      runId: id,
      project,
      workflow,
      priority,
      ...times,
      ...ended,
      ...(flags && { flags }),
    },
  });
}

const secondsSince = (then: number): number => Math.max(0, (Date.now() - then) / 1_000);
