import { type Assignment, Postponed, type WorkResult } from "../domain/agent.ts";
import type { EventOf } from "../domain/event.ts";
import type { Step } from "../domain/workflow.ts";
import { requestApproval } from "../store/approvals.ts";
import { newRunId } from "../store/run-id.ts";
import { persistently } from "../store/transient.ts";
import type { Control } from "./controls.ts";
import { failure, forever, messageOf, type Outcome, skipped, storedOutcome } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import type { Plan } from "./plan.ts";
import type { runStateOf } from "./run-state.ts";

/** What the steps of one run have in common. */
export interface Execution {
  parts: Parts;
  plan: Plan;
  control: Control;
  during: ReturnType<typeof runStateOf>;
}

/** The step's time was up. */
class StepTimeout extends Error {
  override readonly name = "StepTimeout";
}

/** A failure that another attempt would not change. */
export interface PermanentFailure extends Error {
  permanent: true;
}

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
  const missing = plan.dryRun || Object.values(needs).some(({ state }) => state !== "succeeded");
  if (control.signal.aborted) await stopped(control);
  if (missing || control.signal.aborted)
    return store(step, execution, { attempt: before?.attempt ?? 1, outcome: skipped });
  if (step.risk === "APPROVAL_REQUIRED" || parts.reviews(plan)) {
    const refused = await askForApproval(step, execution);
    if (refused) return store(step, execution, { attempt: 1, outcome: refused });
  }
  for (let attempt = before?.attempt ?? 1; ; attempt++) {
    const outcome = await untilDone(step, execution, attempt);
    if (!("again" in outcome)) return store(step, execution, { attempt, outcome });
    const row = {
      runId: plan.id,
      stepId: step.id,
      state: "ready" as const,
      attempt: attempt + 1,
      error: outcome.again,
    };
    await parts.journal.step(row);
    await parts.clock.sleep(parts.retryDelayMs(attempt), control.signal).catch(() => undefined);
  }
}

async function store(
  step: Step,
  { plan, parts }: Execution,
  ended: { attempt: number; outcome: Outcome },
): Promise<Outcome> {
  const { state, output, error } = ended.outcome;
  const row = {
    runId: plan.id,
    stepId: step.id,
    state,
    attempt: ended.attempt,
    finishedAt: new Date().toISOString(),
  };
  const { tokens, costUsd, evidenceBytes } = ended.outcome;
  await parts.journal.step({
    ...row,
    tokens,
    costUsd,
    evidenceBytes,
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
  });
  return ended.outcome;
}

/** One attempt, made anew as often as it is postponed; the run is paused meanwhile. */
async function untilDone(
  step: Step,
  execution: Execution & { needs: Record<string, Outcome> },
  attempt: number,
): Promise<Outcome | { again: string }> {
  const { control, during } = execution;
  const aborted = new Promise<void>((resolve) =>
    control.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  for (;;) {
    const outcome = await tryOnce(step, execution, attempt);
    if (!(outcome instanceof Postponed)) return outcome;
    const ended = outcome.until(control.signal).catch(() => undefined);
    await during("paused", () => Promise.race([ended, aborted]));
  }
}

/** One attempt, once the run is not held; `again`: it failed, and may be tried once more. */
async function tryOnce(
  step: Step,
  execution: Execution & { needs: Record<string, Outcome> },
  attempt: number,
): Promise<Outcome | Postponed | { again: string }> {
  const { control, plan, parts, during } = execution;
  while (control.held() && !control.signal.aborted) await during("paused", () => control.released());
  if (control.signal.aborted) return stopped(control);
  const key = `${plan.id}/${step.id}/${attempt}`;
  return during("working", async () => {
    const place = await parts.place(step, { key, signal: control.signal }).catch(() => undefined);
    if (!place) return control.signal.aborted ? stopped(control) : { again: "no agent could take it" };
    const tell = begin(step, { ...execution, attempt, agent: place.agent });
    try {
      const assignment = assign(step, { execution, attempt, agent: place.agent });
      const result = await work(step, { ...execution, assignment });
      tell("succeeded", false);
      return { state: "succeeded" as const, ...result };
    } catch (error) {
      if (control.signal.aborted) return await stopped(control);
      if (error instanceof Postponed) {
        tell("postponed", true);
        return error;
      }
      const isFinal = (error as Partial<PermanentFailure>).permanent === true || attempt >= step.attempts;
      tell(error instanceof StepTimeout ? "timed-out" : "failed", !isFinal);
      return isFinal ? failure(messageOf(error)) : { again: messageOf(error) };
    } finally {
      place.release();
    }
  });
}

/** Tells that an attempt began; gives how to tell its end. */
function begin(step: Step, { parts, plan, attempt, agent }: Execution & { attempt: number; agent: string }) {
  const started = performance.now();
  const at = { runId: plan.id, stepId: step.id, agentType: step.agent, attempt, risk: step.risk };
  const startedAt = new Date().toISOString();
  // Only a step that was approved comes this far: `performStep` asks before its first attempt.
  const approval = step.risk === "APPROVAL_REQUIRED" ? "granted" : "not-needed";
  parts.record({ type: "step.started", ...at, approval });
  parts.journal.note({ runId: plan.id, stepId: step.id, state: "running", attempt, agent, startedAt });
  return (outcome: EventOf<"step.finished">["outcome"], again: boolean) => {
    const seconds = (performance.now() - started) / 1_000;
    parts.record({ type: "step.finished", ...at, outcome, again, seconds });
  };
}

/** A cancelled run's step is skipped; one that others have now ends here without a trace. */
async function stopped(control: Control): Promise<Outcome> {
  return control.signal.reason === "cancelled" ? skipped : forever();
}

function assign(
  step: Step,
  {
    execution: { plan, needs },
    attempt,
    agent,
  }: { execution: Execution & { needs: Record<string, Outcome> }; attempt: number; agent: string },
): Assignment {
  const outputs = Object.fromEntries(Object.entries(needs).map(([id, { output }]) => [id, output]));
  return {
    key: `${plan.id}/${step.id}/${attempt}`,
    runId: plan.id,
    stepId: step.id,
    attempt,
    agent,
    type: step.agent,
    input: { ...step.input, run: plan.input, needs: outputs },
  };
}

/** Has the worker do it, for no longer than the step may take; one that does not heed its signal is left behind. */
async function work(
  step: Step,
  { parts, control, assignment }: Execution & { assignment: Assignment },
): Promise<WorkResult> {
  const timeout = new AbortController();
  const signal = AbortSignal.any([control.signal, timeout.signal]);
  const over = new AbortController();
  const stop = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  parts.clock
    .sleep(step.timeoutSeconds * 1_000, over.signal)
    .then(() => timeout.abort(new StepTimeout(`took longer than ${step.timeoutSeconds} s`)))
    .catch(() => undefined);
  try {
    return await Promise.race([parts.worker(assignment, signal), stop]);
  } finally {
    over.abort();
  }
}

/** Nothing: a person approved; else how the step ends without having been done. */
async function askForApproval(
  step: Step,
  { plan, parts, control, during }: Execution,
): Promise<Outcome | undefined> {
  const asked = await persistently(() =>
    requestApproval(parts.store.pool, {
      id: newRunId(),
      runId: plan.id,
      stepId: step.id,
      role: step.approver ?? "approver",
    }),
  );
  if (asked.isNew)
    parts.record({ type: "approval.requested", runId: plan.id, approvalId: asked.id, role: asked.role });
  const decided = parts.controls.decision(asked.id);
  // It may have been decided before we began to wait, perhaps while another process executed the run.
  void parts.controls.refresh().catch(() => undefined);
  const aborted = new Promise<undefined>((resolve) => {
    if (control.signal.aborted) resolve(undefined);
    control.signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const decision = await during("waiting-for-approval", () => Promise.race([decided, aborted]));
  if (!decision) return stopped(control);
  if (decision.state === "approved") return undefined;
  return failure(
    decision.state === "rejected"
      ? `rejected by ${decision.decidedBy}`
      : "the request for approval was withdrawn",
  );
}
