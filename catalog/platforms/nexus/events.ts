import { defineEvents } from "fairlead";

const task = { type: "string", description: "Id of the task." } as const;
const agent = { type: "string", description: "Id of the agent." } as const;
const agentType = { type: "string", description: "One of the eight types of agents." } as const;
const reason = (what: string) => ({ type: "string" as const, description: what });

// What only informs is logged and wakes nobody. Runbooks filter by these names and fields.
export const events = defineEvents({
  "agent-registered": {
    meets: ["NX-5"],
    message: "An agent registered.",
    fields: {
      agent_id: agent,
      agent_type: agentType,
      capabilities: { type: "integer", description: "How many capabilities it offers." },
    },
  },
  "agent-refused": {
    meets: ["NX-5"],
    level: "warn",
    message: "An agent was not registered.",
    fields: { agent_type: agentType, reason: reason("limit, missing-role or bad-capabilities.") },
  },
  "agent-gone": {
    meets: ["NX-5"],
    message: "An agent left, or sent no heartbeat for 30 seconds.",
    fields: {
      agent_id: agent,
      agent_type: agentType,
      expired: { type: "boolean", description: "Whether it was lost without a good-bye." },
      tasks: { type: "integer", description: "Tasks that it had, and that go back to the queue." },
    },
  },
  "task-assigned": {
    meets: ["NX-5"],
    message: "A task was given to an agent.",
    fields: {
      task_id: task,
      agent_id: agent,
      priority: { type: "string", description: "urgent, normal or low." },
      waited_seconds: { type: "number", description: "Time that it waited in the queue." },
    },
  },
  "conflict-resolved": {
    meets: ["NX-5"],
    message: "A conflict between agents was resolved, or could not be.",
    fields: {
      task_id: task,
      strategy: { type: "string", description: "The strategy that was tried, one of five." },
      resource: { type: "string", description: "What the agents both wanted." },
      resolved: { type: "boolean", description: "Whether it resolved the conflict." },
    },
  },
  "experience-refused": {
    meets: ["NX-10"],
    level: "warn",
    message: "An experience was not stored.",
    fields: {
      source: { type: "string", description: "The service that sent it; never a person." },
      reason: reason("not-anonymous, store-full or malformed."),
    },
  },
  "pattern-recognised": {
    meets: ["NX-10"],
    message: "A pattern was recognised for the first time.",
    fields: {
      pattern_id: { type: "string", description: "Id of the pattern." },
      pattern: { type: "string", description: "Its kind, one of five." },
      experiences: { type: "integer", description: "Experiences that it rests on." },
    },
  },
  "training-finished": {
    meets: ["NX-10"],
    message: "A training of the model ended.",
    fields: {
      model: { type: "integer", description: "Number of the model." },
      outcome: { type: "string", description: "promoted, not-better or failed." },
      accuracy: {
        type: "number",
        description: "Share of right predictions on experiences that it had not seen.",
      },
      reason: reason("Why it failed; empty otherwise."),
    },
  },
  "optimization-measured": {
    meets: ["NX-10"],
    message: "The effect of an optimisation was measured.",
    fields: {
      optimization: { type: "string", description: "Its type, one of eight." },
      target: { type: "string", description: "What was changed." },
      outcome: { type: "string", description: "kept, rolled-back or failed." },
      gain: {
        type: "number",
        description: "What it gained against before, as a share; negative if it did harm.",
      },
      confidence: { type: "number", description: "The confidence of the decision, 0 to 1." },
      reason: reason("Why it was taken back or failed; empty if it was kept."),
    },
  },
  "reliability-enhancement": {
    meets: ["NX-10"],
    message: "A reliability enhancement was applied, or could not be.",
    fields: {
      enhancement: { type: "string", description: "Its type, one of seven." },
      target: { type: "string", description: "What it protects." },
      outcome: { type: "string", description: "applied or failed." },
      reason: reason("Why it failed; empty otherwise."),
    },
  },
  "chore-finished": {
    meets: ["NX-8"],
    message: "Something that is done by the clock ended.",
    fields: {
      chore: {
        type: "string",
        description:
          "database-backup, configuration-backup, restore-test, vacuum, log-rotation or retention.",
      },
      outcome: { type: "string", description: "success or failure." },
      duration_seconds: { type: "number", description: "How long it took." },
      bytes: { type: "integer", description: "What it wrote; 0 where it writes nothing." },
      reason: reason("Why it failed; empty otherwise."),
    },
  },
  "scenario-finished": {
    meets: ["NX-10"],
    message: "A run of an integration scenario ended.",
    fields: {
      scenario: { type: "string", description: "One of the ten scenarios." },
      outcome: { type: "string", description: "passed or failed." },
      step: { type: "string", description: "The step at which it failed; empty if it passed." },
      reason: reason("Why it failed; empty otherwise."),
    },
  },
  "token-refused": {
    meets: ["NX-9"],
    level: "warn",
    message: "A token was not accepted; the token itself is never logged.",
    fields: {
      outcome: {
        type: "string",
        description: "Why: expired, bad-signature, wrong-audience, missing-role or malformed.",
      },
      client: { type: "string", description: "The client that the token names, if it could be read." },
      remote_address: { type: "string", description: "Where the request came from." },
    },
  },
  "audit-failed": {
    meets: ["NX-9"],
    level: "error",
    message: "An action was done, and its audit record could not be written.",
    fields: {
      action: { type: "string", description: "Kind of the action." },
      subject: { type: "string", description: "What it was done to." },
      actor: { type: "string", description: "Id of who did it." },
      reason: reason("Why the record could not be written."),
    },
  },
});
