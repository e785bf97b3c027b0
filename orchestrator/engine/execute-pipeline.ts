import { DBOS } from "@dbos-inc/dbos-sdk";
import type { Spent } from "../domain/agent.ts";
import { agentAnswer, agentWork } from "../pipeline/agent-work.ts";
import { STAGE_TIMEOUT_SECONDS } from "../pipeline/definition.ts";
import { type PipelinePorts, type Progress, runPipeline } from "../pipeline/run-pipeline.ts";
import type { Answer, Command, CommandOf } from "../pipeline/state.ts";
import { askPerson } from "./ask-person.ts";
import { type Done, doTask, type Execution, spentOn } from "./do-task.ts";
import { type Ended, nothingSpent, sumSpent } from "./outcome.ts";
import { rowsAtEnd, rowsOfTurn, stagesByEnd } from "./stage-rows.ts";

/** What a command's checkpoint says: who did it, what came of it and what it took. */
interface Performed extends Spent {
  answer: Answer;
  agent?: string;
}

type Cancelled = "cancelled";

/**
 * Executes a run of the pipeline as a DBOS workflow: the mode is its first step, with the limits of the platform, and each command one more, begun in the order in which the reducer
 * gives them. Executed again after a process was lost, it is played again from its start with the answers of the checkpoints: so DBOS
 * numbers the steps alike, no finished command is done twice, and a turn that was told is not told again.
 */
export async function executePipeline(execution: Execution): Promise<Ended> {
  const { plan, parts } = execution;
  if (plan.dryRun) {
    for (const row of rowsAtEnd(plan)) parts.journal.note(row);
    const steps = stagesByEnd(plan);
    return { outcome: "succeeded", steps, ...nothingSpent, incident: false, intervention: false };
  }
  const { ports, spent, latest } = portsOf(execution);
  const rules = async () => ({ mode: parts.pipeline.mode(), limits: parts.pipeline.attempts() });
  const began = await DBOS.runStep(rules, { name: "rules" });
  const state = await runPipeline({ runId: plan.id, ...began, at: plan.startedAt }, ports).catch((error) => {
    if (error !== cancelled) throw error;
    return latest();
  });
  for (const row of rowsAtEnd(plan, state)) parts.journal.note(row);
  const { stage, outcome = "cancelled", incident = false, intervention = false, attempts } = state ?? {};
  const tries = (stage && attempts?.[stage]) ?? 0;
  const error = `${stage}: it failed, after ${tries} attempts to mend it`;
  const steps = stagesByEnd(plan, state);
  const ended: Ended = { outcome, steps, incident, intervention, ...sumSpent(spent) };
  return outcome === "failed" ? { ...ended, error } : ended;
}

/** What the pipeline needs, and what came by on the way: what was spent, and the state that was recorded last. */
function portsOf(execution: Execution) {
  const { plan, parts } = execution;
  const spent: Spent[] = [];
  const underWay: Promise<unknown>[] = [];
  const round = gateRounds(execution);
  let latest: Progress | undefined;
  const ports: PipelinePorts = {
    async perform(command) {
      const body = () => performCommand(command, { ...execution, apart: round(command) });
      const performing = DBOS.runStep(body, { name: command.key });
      underWay.push(performing.catch(() => undefined));
      const performed = await performing;
      if (performed === "cancelled") {
        await Promise.all(underWay);
        throw cancelled;
      }
      spent.push(performed);
      return performed.answer;
    },
    async record(progress, events) {
      latest = progress;
      for (const row of rowsOfTurn(progress, events)) parts.journal.note(row);
      const { turn: number, state } = progress;
      const isNew = await parts.journal.turn({ runId: plan.id, number, state, events });
      if (isNew) events.forEach(parts.observe);
    },
  };
  return { ports, spent, latest: () => latest?.state };
}

const cancelled = new Error("the run was cancelled");

/** Who has voted at each gate in each round: the agents must differ, also after the run has changed its process. */
function gateRounds({ plan }: Execution): (command: Command) => Set<string> | undefined {
  const rounds = new Map<string, Set<string>>();
  return (command) => {
    if (command.kind !== "vote") return undefined;
    const prefix = `gate-${command.gate}-reviewer-`;
    const name = `${prefix}${command.attempt}`;
    const before = [...plan.stored.values()].flatMap(({ id, attempt, agent }) =>
      id.startsWith(prefix) && attempt === command.attempt && agent !== undefined ? agent : [],
    );
    const round = rounds.get(name) ?? new Set(before);
    rounds.set(name, round);
    return round;
  };
}

type Performing = Execution & { apart: Set<string> | undefined };

async function performCommand(command: Command, performing: Performing): Promise<Performed | Cancelled> {
  if (command.kind === "ask-person") return ask(command, performing);
  const { parts, plan, apart } = performing;
  const { stepId, attempt } = command;
  const { agentType, capabilities, input } = agentWork(command);
  const task = {
    ...{ stepId, attempt, agentType, capabilities, input },
    // Failures are the resolution loops', which try again in their own way.
    ...{ timeoutSeconds: STAGE_TIMEOUT_SECONDS, risk: "AUTO" as const, isLast: true },
  };
  const done =
    before(command, performing) ?? (await doTask({ ...task, ...(apart && { apart }) }, performing));
  if (done.kind === "cancelled") return done.kind;
  const output = done.kind === "done" ? done.result.output : undefined;
  const spent = spentOn(done);
  // A stage is left when its gate says so, and not when its work is done.
  const end = { state: done.kind === "done" ? "succeeded" : "failed", finishedAt: now() } as const;
  await parts.journal.step({
    ...{ runId: plan.id, stepId, attempt, output, ...spent },
    ...(command.kind === "work" ? { state: "running" } : end),
    ...(done.kind === "failed" ? { error: done.error } : { agent: done.agent }),
  });
  const answer = agentAnswer(command, { output, at: Date.now(), threshold: parts.pipeline.threshold() });
  return { answer, ...spent, ...(done.kind === "done" && { agent: done.agent }) };
}

/** What came of a command whose outcome was stored, but not yet its checkpoint. */
function before({ stepId, attempt }: Command, { plan }: Execution): Done | undefined {
  const row = plan.stored.get(stepId);
  if (row?.attempt !== attempt) return undefined;
  const { output, error, agent = "" } = row;
  const spent = sumSpent([row]);
  if (error !== undefined) return { kind: "failed", error, permanent: false, spent };
  return output === undefined ? undefined : { kind: "done", agent, result: { output, ...spent } };
}

/** About a quorum a person approves or rejects in the reviewers' stead; about a failure: once more, or not. */
async function ask(command: CommandOf<"ask-person">, execution: Execution): Promise<Performed | Cancelled> {
  const { plan, parts } = execution;
  const { key, kind, stepId, attempt, about } = command;
  const row = { runId: plan.id, stepId, attempt };
  parts.journal.note({ ...row, state: "waiting-for-approval", startedAt: now() });
  const decision = await askPerson({ stepId: `${stepId}-${attempt}` }, execution);
  if (!decision) return "cancelled";
  parts.journal.note({ ...row, state: "succeeded", finishedAt: now() });
  const approved = decision.state === "approved";
  const said = about === "quorum" ? (["approve", "reject"] as const) : (["again", "stop"] as const);
  return { answer: { key, kind, at: Date.now(), decision: approved ? said[0] : said[1] }, ...nothingSpent };
}

function now(): string {
  return new Date().toISOString();
}
