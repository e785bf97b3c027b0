import { createHash } from "node:crypto";
import { conflictOverAnswers, type Party } from "../scheduler/conflicts.ts";
import { decidedByPerson, resolveConflict } from "../scheduler/resolve-conflict.ts";
import { capabilitiesOf } from "../store/agents.ts";
import { persistently } from "../store/transient.ts";
import { askPerson } from "./ask-person.ts";
import { type Done, doTask, type Execution, spentOn, type Task } from "./do-task.ts";
import { sumSpent } from "./outcome.ts";

/** An agent's answer, as a party of the conflict that it may be in. */
type Answered = Extract<Done, { kind: "done" }>;

/**
 * Has several agents do a task, each by itself, and gives the answer that holds: the one that all gave, or the winner's of the conflict
 * among them (NX-5); all of them, as a list, where they change different parts of the work. Where no strategy decides, a person does.
 * Tokens and costs are those of all answers; an attempt of which one answer fails has failed.
 */
export async function collectAnswers(task: Task, execution: Execution, count: number): Promise<Done> {
  const apart = new Set<string>();
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const all = await Promise.all(numbers.map((answer) => doTask({ ...task, answer, apart }, execution)));
  const spent = sumSpent(all.map(spentOn));
  const other = all.find(({ kind }) => kind !== "done");
  if (other) return other.kind === "failed" ? { ...other, spent } : other;
  const answers = all as Answered[];
  const held = await holding(answers, { task, execution });
  const error = "its agents' answers differ, and no person chose one";
  if (!held) return { kind: "failed", error, permanent: true, spent };
  const [first] = held;
  if (!first) return { kind: "cancelled" };
  const output = held.length === 1 ? first.result.output : held.map(({ result }) => result.output);
  return {
    kind: "done",
    agent: first.agent,
    result: { ...spent, output },
  };
}

/** The answers that hold; none where the run was cancelled meanwhile, nothing where nobody chose one. */
async function holding(
  answers: readonly Answered[],
  { task, execution }: { task: Task; execution: Execution },
): Promise<Answered[] | undefined> {
  const { plan, parts } = execution;
  const parties = await partiesOf(answers, execution);
  const over = `${plan.id}/${task.stepId}`;
  const conflict = conflictOverAnswers({ over, capabilities: task.prefers ?? [] }, parties);
  if (!conflict) return answers.slice(0, 1);
  let resolution = resolveConflict(conflict);
  resolution.events.forEach(parts.record);
  if (resolution.strategy === "escalation") {
    const chosen = await chosenByPerson(parties, { task, execution });
    if (chosen === "cancelled") return [];
    resolution = decidedByPerson(conflict, chosen);
    resolution.events.forEach(parts.record);
  }
  const { winners } = resolution;
  return winners.length > 0 ? answers.filter(({ agent }) => winners.includes(agent)) : undefined;
}

/** Asks about one answer after the other, in the order of the agents' ids: approved is chosen, and equal ones are asked about once. */
async function chosenByPerson(
  parties: readonly Party[],
  { task, execution }: { task: Task; execution: Execution },
): Promise<string | undefined> {
  const distinct = new Map(parties.toReversed().map((party) => [party.answer, party]));
  const inOrder = [...distinct.values()].sort((a, b) => (a.agent < b.agent ? -1 : 1));
  for (const [index, { agent }] of inOrder.entries()) {
    const stepId = `${task.stepId}-${task.attempt}-answer-${index + 1}`;
    const decision = await askPerson({ stepId }, execution);
    if (!decision) return "cancelled";
    if (decision.state === "approved") return agent;
  }
  return undefined;
}

async function partiesOf(answers: readonly Answered[], { plan, parts }: Execution): Promise<Party[]> {
  const agents = answers.map(({ agent }) => agent);
  const capabilities = await persistently(() => capabilitiesOf(parts.store.pool, agents), parts.onError);
  return answers.map(({ agent, result: { output } }) => ({
    agent,
    runId: plan.id,
    priority: plan.priority,
    capabilities: capabilities.get(agent) ?? [],
    acceptedAt: plan.startedAt,
    parts: partsOf(output),
    answer: createHash("sha256").update(JSON.stringify(output)).digest("hex"),
  }));
}

/** What of the work an answer says that it changes: its `parts`, if it is a list of texts. */
function partsOf(output: unknown): string[] {
  const parts = typeof output === "object" && output !== null && "parts" in output ? output.parts : undefined;
  return Array.isArray(parts) ? parts.filter((part) => typeof part === "string") : [];
}
