import { type Assignment, Postponed, type Spent, type WorkResult } from "../domain/agent.ts";
import type { EventOf } from "../domain/event.ts";
import type { Claim, RiskLevel } from "../domain/workflow.ts";
import { LOSSES_OF_A_STEP } from "../scheduler/lost-agents.ts";
import { insertLoss } from "../store/losses.ts";
import { persistently } from "../store/transient.ts";
import type { Control } from "./controls.ts";
import { forever, messageOf, nothingSpent, spentBy, sumSpent } from "./outcome.ts";
import type { Parts, Place } from "./parts.ts";
import type { Plan } from "./plan.ts";
import type { runStateOf } from "./run-state.ts";

/** What the steps of one run have in common. */
export interface Execution {
  parts: Parts;
  plan: Plan;
  control: Control;
  during: ReturnType<typeof runStateOf>;
}

/** A piece of work for one agent: an attempt at a step, or a command of the pipeline. */
export interface Task {
  stepId: string;
  /** From 1. */
  attempt: number;
  /** Which one, where several agents do the same; from 1. */
  answer?: number;
  agentType: string;
  capabilities: readonly string[];
  prefers?: readonly string[] | undefined;
  claims?: readonly Claim[] | undefined;
  input: Record<string, unknown>;
  timeoutSeconds: number;
  risk: RiskLevel;
  /** Whether no other attempt follows when it fails. */
  isLast: boolean;
  /** Shared by tasks that different agents must do: who has got one. */
  apart?: Set<string>;
}

/** What came of a task. */
export type Done =
  | { kind: "done"; agent: string; result: WorkResult }
  | { kind: "failed"; error: string; permanent: boolean; spent: Spent }
  | { kind: "cancelled" };

/** What a task took, however it ended. */
export function spentOn(done: Done): Spent {
  if (done.kind === "cancelled") return nothingSpent;
  return sumSpent([done.kind === "done" ? done.result : done.spent]);
}

/** The task's time was up. */
class TaskTimeout extends Error {
  override readonly name = "TaskTimeout";
}

/** A failure that another attempt would not change. */
export interface PermanentFailure extends Error {
  permanent: true;
}

/**
 * Has an agent do a task, once the run is not held; made anew as often as it is postponed, the run is paused meanwhile. Never ends where others
 * have the run now.
 */
export async function doTask(task: Task, execution: Execution): Promise<Done> {
  const { control, during } = execution;
  const aborted = new Promise<void>((resolve) =>
    control.signal.addEventListener("abort", () => resolve(), { once: true }),
  );
  for (;;) {
    while (control.held() && !control.signal.aborted) await during("paused", () => control.released());
    if (control.signal.aborted) return stopped(control);
    const done = await during("working", () => withoutLosses(task, execution));
    if (!(done instanceof Postponed)) return done;
    const ended = done.until(control.signal).catch(() => undefined);
    await during("paused", () => Promise.race([ended, aborted]));
  }
}

/**
 * When the agent is lost, another one gets the task under a new key, and what the lost one may yet answer is heard by nobody; a task that has
 * outlived too many agents fails. Losses are stored: whoever takes the run over goes on counting.
 */
async function withoutLosses(task: Task, execution: Execution): Promise<Done | Postponed> {
  const { plan, parts } = execution;
  const key = keyOf(plan.id, task);
  const lost = [...(plan.losses.get(key) ?? [])];
  while (lost.length < LOSSES_OF_A_STEP) {
    const done = await doOnAgent(task, { ...execution, lost });
    if (!("lost" in done)) return done;
    const loss = { runId: plan.id, task: key, agent: done.lost };
    await persistently(() => insertLoss(parts.store.pool, loss), parts.onError);
    lost.push(done.lost);
  }
  const error = `${lost.length} agents were lost with it: ${lost.join(", ")}`;
  return { kind: "failed", error, permanent: false, spent: nothingSpent };
}

/** A cancelled run's task is left; one that others have now ends here without a trace. */
export async function stopped(control: Control): Promise<{ kind: "cancelled" }> {
  return control.signal.reason === "cancelled" ? { kind: "cancelled" } : forever();
}

/** RUN/STEP/ATTEMPT; then which answer, where there are several. */
function keyOf(runId: string, { stepId, attempt, answer }: Task): string {
  return [runId, stepId, attempt, ...(answer === undefined ? [] : [answer])].join("/");
}

type Try = Execution & { lost: readonly string[] };

async function doOnAgent(task: Task, execution: Try): Promise<Done | Postponed | { lost: string }> {
  const { plan, parts, control, lost } = execution;
  const key = keyOf(plan.id, task) + "+".repeat(lost.length);
  const patience = deadline(task, execution);
  const { agentType, capabilities, apart } = task;
  const wanted = { key, agentType, capabilities, exclude: lost, ...(apart && { apart }) };
  const place = await parts.place(wanted, patience.signal).catch(() => undefined);
  patience.end();
  if (!place && control.signal.aborted) return stopped(control);
  if (!place) {
    const error = `no agent of type "${agentType}" was free for it within ${task.timeoutSeconds} s`;
    return { kind: "failed", error, permanent: false, spent: nothingSpent };
  }
  try {
    return await workThere(task, { ...execution, place, key });
  } finally {
    place.release();
  }
}

async function workThere(
  task: Task,
  execution: Try & { place: Place; key: string },
): Promise<Done | Postponed | { lost: string }> {
  const { parts, control, place, key } = execution;
  const { agent } = place;
  const either = AbortSignal.any([control.signal, place.lost]);
  const release = await claimed(task, { ...execution, signal: either }).catch(() => undefined);
  const tell = release && begin(task, { ...execution, agent });
  try {
    if (!release) either.throwIfAborted();
    const assignment = assign(task, { execution, agent, key });
    const result = await work(task, { parts, signal: either, assignment });
    tell?.("succeeded", false);
    return { kind: "done", agent, result };
  } catch (error) {
    if (control.signal.aborted) return await stopped(control);
    if (error instanceof Postponed && !place.lost.aborted) {
      tell?.("postponed", true);
      return error;
    }
    const permanent = (error as Partial<PermanentFailure>).permanent === true;
    const again = place.lost.aborted
      ? execution.lost.length + 1 < LOSSES_OF_A_STEP
      : !permanent && !task.isLast;
    tell?.(error instanceof TaskTimeout ? "timed-out" : "failed", again);
    if (place.lost.aborted) return { lost: agent };
    return { kind: "failed", error: messageOf(error), permanent, spent: spentBy(error) };
  } finally {
    release?.();
  }
}

/** Waits for the resources that the task claims. */
async function claimed(
  { claims = [], prefers = [] }: Task,
  { parts, plan, place, key, signal }: Try & { place: Place; key: string; signal: AbortSignal },
): Promise<() => void> {
  if (claims.length === 0) return () => undefined;
  return parts.resources.claim({ key, runId: plan.id, agent: place.agent, claims, prefers }, signal);
}

/** Tells that an attempt began; gives how to tell its end. */
function begin(task: Task, { parts, plan, agent }: Try & { agent: string }) {
  const { stepId, attempt, agentType, risk } = task;
  const started = performance.now();
  const at = { runId: plan.id, stepId, agentType, attempt, risk };
  const startedAt = new Date().toISOString();
  // Only a step that was approved comes this far: `performStep` asks before its first attempt.
  const approval = risk === "APPROVAL_REQUIRED" ? "granted" : "not-needed";
  parts.record({ type: "step.started", ...at, approval });
  parts.journal.note({ runId: plan.id, stepId, state: "running", attempt, agent, startedAt });
  return (outcome: EventOf<"step.finished">["outcome"], again: boolean) => {
    const seconds = (performance.now() - started) / 1_000;
    parts.record({ type: "step.finished", ...at, outcome, again, seconds });
  };
}

function assign(
  { stepId, attempt, agentType, input }: Task,
  { execution: { plan }, agent, key }: { execution: Try; agent: string; key: string },
): Assignment {
  return {
    ...{ key, runId: plan.id, stepId, attempt, agent, type: agentType },
    input: { ...input, run: plan.input },
    ...(plan.flags && { flags: plan.flags }),
  };
}

/** Has the worker do it, for no longer than the task may take; one that does not heed its signal is left behind. */
async function work(
  task: Task,
  { parts, signal, assignment }: { parts: Parts; signal: AbortSignal; assignment: Assignment },
): Promise<WorkResult> {
  const time = deadline(task, { parts, control: { signal } });
  const stop = new Promise<never>((_, reject) => {
    time.signal.addEventListener("abort", () => reject(time.signal.reason), { once: true });
    if (time.signal.aborted) reject(time.signal.reason);
  });
  try {
    return await Promise.race([parts.worker(assignment, time.signal), stop]);
  } finally {
    time.end();
  }
}

/** Aborts when the run is stopped, or after as long as the task may take. */
function deadline(
  { timeoutSeconds }: Task,
  { parts, control }: { parts: Parts; control: Pick<Control, "signal"> },
): { signal: AbortSignal; end: () => void } {
  const timeout = new AbortController();
  const over = new AbortController();
  parts.clock
    .sleep(timeoutSeconds * 1_000, over.signal)
    .then(() => timeout.abort(new TaskTimeout(`took longer than ${timeoutSeconds} s`)))
    .catch(() => undefined);
  return { signal: AbortSignal.any([control.signal, timeout.signal]), end: () => over.abort() };
}
