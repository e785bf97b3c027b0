// What the API answers with, as zod schemas: the OpenAPI document and the check of every answer are made from them.
import { z } from "zod";
import { agentRegistration } from "../domain/agent.ts";
import { runRequest, runState, stepState } from "../domain/run.ts";
import { priority, step, symbolicId, workflowDefinition } from "../domain/workflow.ts";
import { anyJson, plainLine, plainText, runInput } from "../security/input.ts";

const time = z.string().describe("ISO 8601, UTC");

/** A workflow as a client sends it. */
export const newWorkflow = workflowDefinition.extend({
  description: plainText(2_000).default(""),
  steps: z
    .array(step.extend({ input: runInput.default({}) }))
    .min(1)
    .max(200),
});

/** A workflow as it is stored. */
export const workflowShape = workflowDefinition.extend({
  steps: z.array(step.extend({ input: z.record(z.string(), anyJson) })),
  version: z.int(),
  builtIn: z.boolean(),
  createdBy: z.string(),
  createdAt: time,
});

/** A run as a client asks for it; the idempotency key is a header. */
export const newRun = runRequest.omit({ idempotencyKey: true }).extend({
  input: runInput.default({}),
  labels: z.record(symbolicId, plainLine(200)).default({}),
});

const runStep = z.object({
  id: z.string(),
  state: stepState,
  attempt: z.int(),
  agent: z.string().optional(),
  output: anyJson.optional(),
  error: z.string().optional(),
  startedAt: time.optional(),
  finishedAt: time.optional(),
});

/** A run as lists show it. */
export const runSummary = z.object({
  id: z.uuid(),
  project: z.string(),
  workflow: z.string(),
  workflowVersion: z.int(),
  state: runState,
  priority,
  labels: z.record(z.string(), z.string()),
  dryRun: z.boolean(),
  requestedBy: z.string(),
  tokens: z.number(),
  costUsd: z.number(),
  acceptedAt: time,
  startedAt: time.optional(),
  finishedAt: time.optional(),
  error: z.string().optional(),
  flags: z
    .record(z.string(), z.object({ variant: z.string(), value: z.string() }))
    .optional()
    .describe("What flags decided of it when it started, by flag"),
});

/** One run with its steps. */
export const runShape = runSummary.extend({
  input: z.record(z.string(), anyJson),
  after: z.array(z.string()),
  steps: z.array(runStep),
});

/** A request for a person's decision. */
export const approvalShape = z.object({
  id: z.uuid(),
  runId: z.uuid(),
  stepId: z.string(),
  role: z.string(),
  requestedBy: z.string(),
  state: z.enum(["pending", "approved", "rejected", "withdrawn"]),
  requestedAt: time,
  decidedBy: z.string().optional(),
  decidedAt: time.optional(),
  comment: z.string().optional(),
});

export const agentState = z.enum(["idle", "busy", "draining", "lost"]);

/** A registered agent. */
export const agentShape = agentRegistration.extend({
  id: symbolicId,
  state: agentState,
  load: z.int(),
  heartbeatAt: time,
});

/** Something that happened; further fields depend on the type. */
export const eventShape = z.looseObject({ id: z.int(), at: time, type: z.string() });
