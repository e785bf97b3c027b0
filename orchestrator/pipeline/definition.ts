import type { Step, WorkflowDefinition } from "../domain/workflow.ts";
import { type PipelineMode, type Stage, stageKinds, stagesOf } from "./stages.ts";

/** Name of the built-in workflow. */
export const PIPELINE = "pipeline";
/** Seconds that one attempt of a stage may take; the longest bucket of the stages' durations (WV-2). */
export const STAGE_TIMEOUT_SECONDS = 1_800;

/**
 * The pipeline as the workflow that clients see: a chain of its stages. The engine does not walk it step by step but runs it by `runPipeline`,
 * since gates send work back, which no DAG can.
 */
export function pipelineWorkflow(mode: PipelineMode): WorkflowDefinition {
  const stages = stagesOf(mode);
  return {
    name: PIPELINE,
    description: "From a wish to a watched change, through quality gates 1 to 5 (WV-1).",
    steps: stages.map((stage, i) => stepOf(stage, stages[i - 1])),
  };
}

function stepOf(stage: Stage, before: Stage | undefined): Step {
  const { agent, task } = stageKinds[stage];
  return {
    id: stage,
    agent,
    capabilities: [],
    needs: before ? [before] : [],
    input: { task },
    risk: "AUTO",
    // Failures are the resolution loop's, not the engine's.
    attempts: 1,
    timeoutSeconds: STAGE_TIMEOUT_SECONDS,
  };
}
