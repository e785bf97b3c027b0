import type { Assignment, Spent, Worker } from "../domain/agent.ts";
import { type Decision, decided } from "../flags/decisions.ts";
import type { Tools } from "../mcp/tools.ts";
import type { Scrub } from "../security/redaction.ts";
import type { ModelAnswer, ModelCaller, ModelRequest } from "./model.ts";

interface ModelWorkerOptions {
  callModel: (request: ModelRequest, caller: ModelCaller) => Promise<ModelAnswer>;
  tools: Tools;
  /** Writes down what the agent found for those who judge it; gives the bytes that it takes. */
  writeEvidence: (assignment: Assignment, evidence: unknown) => Promise<number>;
  /** Masks secrets in what providers and tools are sent: what people and tools put in leaves the house here. */
  scrub: Scrub;
  /** Of one answer. */
  maxOutputTokens: number;
}

/**
 * An agent that does its work by a model: asks the tool that its input names, if it names one, gives the model the task and what the
 * tool said, and takes the answer for its output. Throws what tools and models throw; a failure after the
 * model's answer says what it had cost.
 */
export function modelWorker(options: ModelWorkerOptions): Worker {
  return async (assignment, signal) => {
    const { type, runId, stepId, input, flags } = assignment;
    const found = await askTool(assignment, { ...options, signal });
    const stage = typeof input.stage === "string" ? input.stage : stepId;
    const answer = await options.callModel(
      {
        system: instructions[decided("agent-instructions", flags)](type),
        prompt: options.scrub(JSON.stringify({ task: input, ...(found !== undefined && { tool: found }) })),
        maxOutputTokens: options.maxOutputTokens,
      },
      { runId, stage, agentType: type, signal },
    );
    const output = jsonIn(answer.text);
    const spent = spentOn(answer);
    try {
      const evidenceBytes = await options.writeEvidence(assignment, { input, found, output });
      return { output, ...spent, evidenceBytes };
    } catch (error) {
      // The model was paid for all the same.
      throw Object.assign(error as Error, { spent });
    }
  };
}

/** What agents of a type are told to be, by what the flag decides of their run. */
const instructions: Record<Decision<"agent-instructions">, (type: string) => string> = {
  plain: (type) =>
    `You are the ${type} agent of a software team. Answer with one JSON object and nothing else.`,
  "open-questions": (type) =>
    `You are the ${type} agent of a software team. Answer with one JSON object and nothing else. Guess nothing: what the task leaves open goes into its list "open".`,
};

async function askTool(
  { input, runId }: Assignment,
  { tools, scrub, signal }: Pick<ModelWorkerOptions, "tools" | "scrub"> & { signal: AbortSignal },
): Promise<string | undefined> {
  const { tool, question } = input;
  if (typeof tool !== "string") return undefined;
  return tools.call(tool, { question: scrub(typeof question === "string" ? question : tool), runId, signal });
}

function spentOn({ inputTokens, outputTokens, costUsd }: ModelAnswer): Spent {
  return { tokens: inputTokens + outputTokens, costUsd, evidenceBytes: 0 };
}

/** The object that the model was asked for, or its words where it answered otherwise. */
function jsonIn(text: string): unknown {
  const object = /\{[\s\S]*\}/.exec(text)?.[0];
  if (object === undefined) return { text };
  try {
    return JSON.parse(object);
  } catch {
    return { text };
  }
}
