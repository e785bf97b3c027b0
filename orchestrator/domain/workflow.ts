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

/** Something that steps of several runs may want at the same time, such as a branch or a test environment. */
export const claim = z.strictObject({
  resource: symbolicId,
  /** Whether nobody else may have it meanwhile, unless both say which parts of it they need and need different ones. */
  alone: z.boolean().default(true),
  /** What of it is needed, such as files; empty means all of it. */
  parts: z.array(z.string().min(1).max(200)).max(100).default([]),
});
export type Claim = z.infer<typeof claim>;

export const step = z.strictObject({
  id: symbolicId,
  /** Type of the agent that does it. */
  agent: symbolicId,
  /** What the agent must be able to do, beyond its type. */
  capabilities: z.array(symbolicId).max(16).default([]),
  /** What it should rather be able to do as well: that decides conflicts (NX-5). */
  prefers: z.array(symbolicId).max(16).optional(),
  /** Resources that it needs, all at once. */
  claims: z.array(claim).max(16).optional(),
  /** Agents that do it, each by itself; where their answers differ, the conflict is resolved (NX-5). One, if it is absent. */
  answers: z.int().min(2).max(7).optional(),
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
