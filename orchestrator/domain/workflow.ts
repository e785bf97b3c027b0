import { z } from "zod";

/** Symbolic names: lower case, digits, hyphens; they appear in URLs, logs and metrics as they are. */
export const symbolicId = z
  .string()
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    "must be lower-case words joined by hyphens, such as review-changes",
  )
  .max(63);

/** What an agent may do by itself (CC-7): the last one waits for a person with the right role. */
export const riskLevel = z.enum(["AUTO", "NOTIFY", "APPROVAL_REQUIRED"]);
export type RiskLevel = z.infer<typeof riskLevel>;

export const priority = z.enum(["urgent", "normal", "low"]);
export type Priority = z.infer<typeof priority>;

export const step = z.strictObject({
  id: symbolicId,
  /** Type of the agent that does it. */
  agent: symbolicId,
  /** What the agent must be able to do, beyond its type. */
  capabilities: z.array(symbolicId).max(16).default([]),
  /** Steps that must have succeeded before. */
  needs: z.array(symbolicId).max(100).default([]),
  /** What the agent is given, beside the run's input and the outputs of `needs`. */
  input: z.record(z.string().max(100), z.json()).default({}),
  risk: riskLevel.default("AUTO"),
  /** Role of the person who approves; only where the risk is APPROVAL_REQUIRED. */
  approver: symbolicId.optional(),
  /** Attempts in all, the first one included. */
  attempts: z.int().min(1).max(10).default(3),
  timeoutSeconds: z.number().positive().max(86_400).default(600),
});
export type Step = z.infer<typeof step>;

/** A workflow as a client sends it. Cycles and unknown ids are found by `checkWorkflow`. */
export const workflowDefinition = z.strictObject({
  name: symbolicId,
  description: z.string().max(2_000).default(""),
  steps: z.array(step).min(1).max(200),
});
export type WorkflowDefinition = z.infer<typeof workflowDefinition>;
