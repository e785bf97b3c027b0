import type { Spent } from "../domain/agent.ts";
import type { Step } from "../domain/workflow.ts";
import { askPerson } from "./ask-person.ts";
import { collectAnswers } from "./collect-answers.ts";
import { type Done, doTask, type Execution, spentOn, stopped, type Task } from "./do-task.ts";
import { failure, nothingSpent, type Outcome, skipped, storedOutcome, sumSpent } from "./outcome.ts";

/**
 * Does a step, all its attempts and whatever it has to wait for included, and stores how it ended. What was stored by an earlier execution
 * counts: a step that ended is not done again, and attempts that failed are not repeated.
 */
export async function performStep(
  step: Step,
  execution: Execution & { needs: Record<string, Outcome> },
): Promise<Outcome> {
  const { plan, parts, control, needs } = execution;
  const before = plan.stored.get(step.id);
  const ended = storedOutcome(before);
  if (ended) return ended;
  const earlier = [before ?? nothingSpent];
  const missing = plan.dryRun || Object.values(needs).some(({ state }) => state !== "succeeded");
  if (control.signal.aborted) await stopped(control);
  if (missing || control.signal.aborted)
    return store(step, execution, { attempt: before?.attempt ?? 1, outcome: skipped, earlier });
  if (step.risk === "APPROVAL_REQUIRED" || parts.reviews(plan)) {
    const refused = await askForApproval(step, execution);
    if (refused) return store(step, execution, { attempt: 1, outcome: refused, earlier });
  }
  for (let attempt = before?.attempt ?? 1; ; attempt++) {
    const done = await tryOnce(step, execution, attempt);
    const outcome = outcomeOf(done, attempt >= step.attempts);
    if (!("again" in outcome)) return store(step, execution, { attempt, outcome, earlier });
    const row = { runId: plan.id, stepId: step.id, state: "ready" as const, attempt: attempt + 1 };
    const spent = spentOn(done);
    await parts.journal.step({ ...row, ...spent, error: outcome.again });
    earlier.push(spent);
    await parts.clock.sleep(parts.retryDelayMs(attempt), control.signal).catch(() => undefined);
  }
}

/** Stores how a step ended; the row adds up what its attempts took, and so does the outcome that is given. */
async function store(
  step: Step,
  { plan, parts }: Execution,
  ended: { attempt: number; outcome: Outcome; earlier: readonly Spent[] },
): Promise<Outcome> {
  const { attempt, outcome, earlier } = ended;
  const at = { runId: plan.id, stepId: step.id, attempt, finishedAt: new Date().toISOString() };
  await parts.journal.step({ ...at, ...outcome });
  return { ...outcome, ...sumSpent([...earlier, outcome]) };
}

/** One attempt; of a step that several agents answer, all of them. */
async function tryOnce(
  step: Step,
  execution: Execution & { needs: Record<string, Outcome> },
  attempt: number,
): Promise<Done> {
  const outputs = Object.fromEntries(Object.entries(execution.needs).map(([id, { output }]) => [id, output]));
  const { id: stepId, agent: agentType, capabilities, prefers, claims, timeoutSeconds, risk } = step;
  const input = { ...step.input, needs: outputs };
  const task: Task = {
    ...{ stepId, attempt, agentType, capabilities, prefers, claims, input, timeoutSeconds, risk },
    isLast: attempt >= step.attempts,
  };
  return step.answers === undefined ? doTask(task, execution) : collectAnswers(task, execution, step.answers);
}

/** `again`: it failed, and may be tried once more. */
function outcomeOf(done: Done, isLast: boolean): Outcome | { again: string } {
  if (done.kind === "done") return { state: "succeeded", ...done.result };
  if (done.kind === "cancelled") return skipped;
  return done.permanent || isLast ? failure(done.error, done.spent) : { again: done.error };
}

/** Nothing: a person approved; else how the step ends without having been done. */
async function askForApproval(step: Step, execution: Execution): Promise<Outcome | undefined> {
  const { id: stepId, approver: role } = step;
  const decision = await askPerson({ stepId, ...(role !== undefined && { role }) }, execution);
  if (!decision) return skipped;
  if (decision.state === "approved") return undefined;
  return failure(
    decision.state === "rejected"
      ? `rejected by ${decision.decidedBy}`
      : "nobody decided on the request for approval in its time",
  );
}
