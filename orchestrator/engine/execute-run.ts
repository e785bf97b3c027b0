import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Step } from "../domain/workflow.ts";
import { failure, forever, messageOf, type Outcome, storedOutcome } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { type Execution, performStep } from "./perform-step.ts";
import type { Plan } from "./plan.ts";
import { runStateOf } from "./run-state.ts";

/**
 * Executes a run as a DBOS workflow: each step is one DBOS step, whose checkpoint says that its outcome is stored. All of them are begun at once,
 * in the order of the definition, and each waits within itself for those that it needs. So DBOS numbers them the same way at each execution,
 * whatever the order in which they end, and as many are done at a time as the definition allows.
 *
 * Executed again after a process was lost, the run goes on where it was: a step with a checkpoint is not called, and
 * one whose outcome was stored, but not yet its checkpoint, takes what is stored.
 */
export async function executeRun(plan: Plan, parts: Parts): Promise<void> {
  const control = parts.controls.enter(plan.id, plan);
  const during = runStateOf((state) => void parts.journal.run({ id: plan.id, state }).catch(parts.onError));
  try {
    const outcomes = await walk(plan.definition.steps, { parts, plan, control, during });
    await finish(outcomes, { parts, plan, control, during });
  } catch (error) {
    // Others execute it now: what of it still goes on here ends without a trace.
    control.giveUp();
    throw error;
  } finally {
    parts.controls.leave(plan.id);
  }
  parts.onFree();
}

async function walk(steps: readonly Step[], execution: Execution): Promise<Map<string, Outcome>> {
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
  for (const step of steps) outcomes.set(step.id, perform(step));
  await Promise.all(outcomes.values());
  const settled = [...outcomes].map(async ([id, outcome]) => [id, await outcome] as const);
  return new Map(await Promise.all(settled));
}

/** Stores the run's end before DBOS stores the workflow's: ended in between, the run is executed again, and nothing of it is left to do. */
async function finish(
  outcomes: ReadonlyMap<string, Outcome>,
  { parts, plan, control, during }: Execution,
): Promise<void> {
  const all = [...outcomes.values()];
  const failed = [...outcomes].find(([, { state }]) => state === "failed");
  const cancelled = control.signal.aborted;
  if (cancelled && control.signal.reason !== "cancelled") await forever();
  const outcome = cancelled ? "cancelled" : failed ? "failed" : "succeeded";
  const count = (state: Outcome["state"]) => all.filter((one) => one.state === state).length;
  const sum = (of: (outcome: Outcome) => number) => all.reduce((total, one) => total + of(one), 0);
  await parts.journal.run({
    id: plan.id,
    state: outcome,
    ...(failed && !cancelled && { error: `${failed[0]}: ${failed[1].error ?? "failed"}` }),
    finished: {
      type: "run.finished",
      runId: plan.id,
      workflow: plan.workflow,
      priority: plan.priority,
      outcome,
      project: plan.project,
      steps: { succeeded: count("succeeded"), failed: count("failed"), skipped: count("skipped") },
      seconds: secondsSince(plan.startedAt),
      sinceAcceptedSeconds: secondsSince(plan.acceptedAt),
      forPeopleSeconds: during.waitedSeconds(),
      tokens: sum(({ tokens }) => tokens),
      costUsd: sum(({ costUsd }) => costUsd),
      evidenceBytes: sum(({ evidenceBytes }) => evidenceBytes),
      incident: false,
      intervention: plan.definition.steps.some(({ risk }) => risk === "APPROVAL_REQUIRED"),
    },
  });
}

const secondsSince = (then: number): number => Math.max(0, (Date.now() - then) / 1_000);
