import type { RunRequest } from "../domain/run.ts";
import type { WorkflowDefinition } from "../domain/workflow.ts";

/** The agent type whose work the orchestrator does itself. */
export const coordinator = "coordinator";

/** The built-in workflow by which clients measure coordination alone (NX-2): its output is the run's input. */
export const echoWorkflow: WorkflowDefinition = {
  name: "echo",
  description: "Answered by the coordinator itself: the output is the run's input.",
  steps: [
    {
      id: "echo",
      agent: coordinator,
      capabilities: [],
      needs: [],
      input: { kind: "echo" },
      risk: "AUTO",
      attempts: 1,
      timeoutSeconds: 1,
    },
  ],
};

/** What a run came to that was answered when it was accepted. */
export interface Answer {
  stepId: string;
  output: unknown;
}

/** The answer to a run of a single step of kind "echo" that depends on nothing; no agent and no queue has to do with it. */
export function answerAtOnce(definition: WorkflowDefinition, request: RunRequest): Answer | undefined {
  const [step, ...others] = definition.steps;
  if (step?.agent !== coordinator || step.input.kind !== "echo" || others.length > 0) return undefined;
  if (request.after.length > 0 || request.dryRun || step.risk === "APPROVAL_REQUIRED") return undefined;
  return { stepId: step.id, output: request.input };
}
