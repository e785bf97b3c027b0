/** The states of the pipeline, in order (WV-1). */
export const stages = ["spec", "plan", "think", "implement", "verify", "review", "pr", "monitor"] as const;
export type Stage = (typeof stages)[number];

/** `minimal` is WeatherVane's degradation mode of that name: spec, implement and verify only (WV-12). */
export type PipelineMode = "full" | "minimal";

const ofMode: Record<PipelineMode, readonly Stage[]> = {
  full: stages,
  minimal: ["spec", "implement", "verify"],
};

/** The stages that a run goes through, in order. */
export function stagesOf(mode: PipelineMode): readonly Stage[] {
  return ofMode[mode];
}

interface StageKind {
  /** Type of the agent that does it; the names are Agent Hive's. */
  agent: string;
  /** Where the work goes on when the stage fails or its gate rejects: a verification is not mended by verifying again. */
  mendAt: Stage;
  /** What its agent is asked to do. */
  task: string;
}

/** Who does a stage, and where its failures are mended (our reading). */
export const stageKinds: Record<Stage, StageKind> = {
  spec: {
    agent: "planner",
    mendAt: "spec",
    task: "Write down what is wanted and how it will be known to be there.",
  },
  plan: { agent: "planner", mendAt: "plan", task: "Divide it into steps." },
  think: {
    agent: "planner",
    mendAt: "plan",
    task: "Look for what the plan overlooks: risks, other ways, edge cases.",
  },
  implement: { agent: "coder", mendAt: "implement", task: "Do the steps of the plan." },
  verify: {
    agent: "tester",
    mendAt: "implement",
    task: "Prove with evidence that the specification is met.",
  },
  review: { agent: "reviewer", mendAt: "implement", task: "Judge the change as its maintainer." },
  pr: { agent: "integrator", mendAt: "pr", task: "Open the pull request and bring it to green." },
  monitor: { agent: "integrator", mendAt: "implement", task: "Watch what the change does after the merge." },
};
