import type { Platform } from "../../model/model.ts";
import type { AgentRegistration } from "../domain/agent.ts";
import { symbolicId } from "../domain/workflow.ts";
import { DETECTION, REPORTING } from "../pipeline/agent-work.ts";
import { gates } from "../pipeline/gates.ts";
import { stageKinds } from "../pipeline/stages.ts";

/** The agent type of work that is scripted, where no other type matters. */
const scripted = "scripted";

/** Types of agents that do the pipeline's work. */
const pipelineTypes = Object.values(stageKinds).map(({ agent }) => agent);

/** Steps of an agent at once, at most; a registration takes no more. */
const mostAtOnce = 100;

/**
 * The agents that a process brings along, so that work is done before any registers: of each type, the pipeline's too, as many as so many
 * runs at once take, of reviewers as many as the largest gate asks for. They can do whatever the pipeline asks for.
 */
export function residentsOf(types: readonly string[], runs: number): Omit<AgentRegistration, "id">[] {
  const capacity = Math.min(Math.max(runs, 1), mostAtOnce);
  const fold = Math.ceil(runs / capacity) || 1;
  return [...new Set([...pipelineTypes, scripted, ...types])].flatMap((type) => {
    const count = fold * (type === "reviewer" ? Math.max(...gates.map(({ reviewers }) => reviewers)) : 1);
    const capabilities = [DETECTION, REPORTING];
    return Array.from({ length: count }, () => ({ type, capabilities, capacity }));
  });
}

/** The types of agents that a platform's metrics tell apart, by the label `agent_type` or `agent`; none where they tell none apart. */
export function agentTypesOf({ metrics }: Pick<Platform, "metrics">): string[] {
  const values = metrics.flatMap(({ labels: { agent_type: type, agent } }) =>
    [type, agent].flatMap((listed) => (Array.isArray(listed) ? listed : [])),
  );
  return [...new Set(values)].filter((type) => symbolicId.safeParse(type).success);
}
