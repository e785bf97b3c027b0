import { defineEvents } from "fairlead";

const task = { type: "string", description: "Id of the task." } as const;

// What only informs is logged and wakes nobody (WV-8). Runbooks filter by these names and fields.
export const events = defineEvents({
  "task-started": {
    meets: ["WV-8"],
    message: "A task left the queue and began with its first stage.",
    fields: {
      task_id: task,
      priority: { type: "string", description: "urgent, normal or low." },
      source: { type: "string", description: "Where it came from: dashboard, api or schedule." },
      waited_seconds: { type: "number", description: "Time that it waited in the queue." },
    },
  },
  "task-completed": {
    meets: ["WV-8"],
    message: "A task ended.",
    fields: {
      task_id: task,
      outcome: { type: "string", description: "success, failure or cancelled." },
      reason: {
        type: "string",
        description: "Why it failed or was cancelled; limit if it reached one; empty for a success.",
      },
      duration_seconds: { type: "number", description: "Time from its start to its end." },
      attempts: {
        type: "integer",
        description: "Attempts of its longest resolution loop; 0 when nothing failed.",
      },
      escalated: { type: "boolean", description: "Whether the incident reporter or a person was needed." },
      tokens: { type: "integer", description: "Tokens that it used, input and output." },
      evidence_bytes: { type: "integer", description: "Evidence that it wrote, before compression." },
      cost_usd: { type: "number", description: "What the model providers charge for it, in US dollars." },
    },
  },
  "gate-decision": {
    meets: ["WV-8"],
    message: "A quality gate decided, or could not.",
    fields: {
      task_id: task,
      gate: { type: "string", description: "Number of the gate, 1 to 5." },
      outcome: { type: "string", description: "approved, rejected or no-quorum." },
      reason: { type: "string", description: "The reason that weighed most; empty for an approval." },
      votes_for: { type: "integer", description: "Reviewers who approved." },
      votes_against: { type: "integer", description: "Reviewers who rejected." },
      votes_needed: { type: "integer", description: "Equal votes that a decision needs." },
      rubric_score: { type: "number", description: "Mean score on the gate's rubric, 0 to 1." },
    },
  },
  "plan-delta": {
    meets: ["WV-8"],
    message: "A task's plan changed after it had been made.",
    fields: {
      task_id: task,
      revision: { type: "integer", description: "Number of the new plan; the first is 1." },
      steps_added: { type: "integer", description: "Steps that the new plan has and the old one had not." },
      steps_removed: { type: "integer", description: "Steps that the old plan had and the new one has not." },
      reason: { type: "string", description: "What made the change necessary." },
    },
  },
  "breaker-opened": {
    level: "warn",
    message: "A breaker opened.",
    fields: {
      breaker: { type: "string", description: "Name of the breaker." },
      reason: { type: "string", description: "What it counted, and the limit that this passed." },
    },
  },
});
