import { z } from "zod";
import type { Vote } from "./decide-gate.ts";
import { adversarialCategories, criteria, RUBRIC_THRESHOLD, rejectionReasons } from "./gates.ts";
import { stageKinds } from "./stages.ts";
import type { Answer, Command } from "./state.ts";

/** What of an assignment a command says; the engine adds the run's id and finds the agent. */
export interface AgentWork {
  agentType: string;
  capabilities: string[];
  input: Record<string, unknown>;
}

/** A command that an agent does, not a person. */
export type AgentCommand = Exclude<Command, { kind: "ask-person" }>;

/** What the detector must be able to do, and who reports incidents. */
export const DETECTION = "adversarial-detection";
export const REPORTING = "incident-reporting";

/** The agent that a command needs, and what it is told. Reviewers and detectors are reviewers by type; a gate's reviewers must be several agents. */
export function agentWork(command: AgentCommand): AgentWork {
  const { kind } = command;
  if (kind === "work") {
    const { agent, task } = stageKinds[command.stage];
    return { agentType: agent, capabilities: [], input: { command: kind, task, stage: command.stage } };
  }
  if (kind === "report") {
    const { stage, reason, attempts } = command;
    return {
      agentType: "integrator",
      capabilities: [REPORTING],
      input: { command: kind, stage, reason, attempts },
    };
  }
  const capabilities = kind === "detect" ? [DETECTION] : [];
  return { agentType: "reviewer", capabilities, input: { command: kind, gate: command.gate } };
}

const reason = z.enum(rejectionReasons);
const fingerprint = z.string().max(200).optional();
const workOutput = z.discriminatedUnion("outcome", [
  z.object({ outcome: z.literal("passed"), fingerprint }),
  z.object({ outcome: z.literal("failed"), reason: reason.default("other"), fingerprint }),
]);
const voteOutput = z.object({
  verdict: z.enum(["approve", "reject"]),
  reason: reason.optional(),
  scores: z.partialRecord(z.enum(criteria), z.number().min(0).max(1)).default({}),
});
const detectOutput = z.object({ catches: z.array(z.enum(adversarialCategories)) });
const reportOutput = z.object({ outcome: z.enum(["mended", "not-mended"]) });

/** What is known when an agent has finished, or has failed at it for good (then `output` is undefined). */
export interface Outcome {
  /** JSON that it wrote to its standard output. */
  output: unknown;
  /** Milliseconds since 1970. */
  at: number;
  /** Mean rubric score that gates ask for now. */
  threshold?: number;
}

/**
 * What an agent's output says. An output in another form is never taken for a success: work has failed without a state, a reviewer is or the
 * detector absent, an incident not mended.
 */
export function agentAnswer(
  command: AgentCommand,
  { output, at, threshold = RUBRIC_THRESHOLD }: Outcome,
): Answer {
  const { key, kind } = command;
  if (kind === "work") return { key, at, kind, ...workResult(output) };
  if (kind === "vote") {
    const vote: Vote = voteOutput.safeParse(output).data ?? { verdict: "absent" };
    return { key, at, kind, vote };
  }
  if (kind === "detect") {
    const catches = detectOutput.safeParse(output).data?.catches ?? "absent";
    return { key, at, kind, catches, threshold };
  }
  return { key, at, kind, outcome: reportOutput.safeParse(output).data?.outcome ?? "not-mended" };
}

function workResult(output: unknown) {
  const result = workOutput.safeParse(output).data;
  if (!result) return { outcome: "failed" as const, failure: { reason: "error" as const } };
  if (result.outcome === "passed") return result;
  return { outcome: result.outcome, failure: { reason: result.reason, fingerprint: result.fingerprint } };
}

/** What an agent is asked for, as its input's `command` says. */
export const commandKind = z.enum(["work", "vote", "detect", "report"]);

/** The output with which a run goes on undisturbed, for workers with scripted work. */
export function usualOutput(kind: AgentCommand["kind"]): Record<string, unknown> {
  if (kind === "work") return { outcome: "passed" };
  if (kind === "vote")
    return { verdict: "approve", scores: Object.fromEntries(criteria.map((c) => [c, 0.9])) };
  return kind === "detect" ? { catches: [] } : { outcome: "not-mended" };
}
