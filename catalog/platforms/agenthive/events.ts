import { defineEvents } from "fairlead";

const session = { type: "string", description: "Id of the session." } as const;
const agentType = { type: "string", description: "What kind of agent it is, such as coder." } as const;

// What only informs is logged and wakes nobody. Runbooks filter by these names and fields.
export const events = defineEvents({
  "session-started": {
    meets: ["AH-1"],
    message: "A session began, or went on from a checkpoint.",
    fields: {
      session_id: session,
      planned_hours: { type: "integer", description: "How long it is to run: 4, 8, 16 or 24." },
      checkpoint: {
        type: "string",
        description: "The checkpoint that it goes on from; empty for a new one.",
      },
    },
  },
  "session-ended": {
    meets: ["AH-1"],
    message: "A session ended.",
    fields: {
      session_id: session,
      outcome: { type: "string", description: "completed, failed or stopped." },
      reason: { type: "string", description: "Why it failed or was stopped; empty if it was completed." },
      age_hours: { type: "number", description: "How long it had run." },
      last_checkpoint: { type: "string", description: "Id of its newest checkpoint." },
    },
  },
  "mode-changed": {
    meets: ["AH-4"],
    message: "A session changed its mode.",
    fields: {
      session_id: session,
      mode: { type: "string", description: "normal or conservative." },
      reason: { type: "string", description: "age, fatigue or person." },
    },
  },
  "guardian-action": {
    meets: ["AH-2"],
    message: "The guardian acted on a session.",
    fields: {
      session_id: session,
      resource: { type: "string", description: "memory, cpu, disk or processes." },
      action: { type: "string", description: "slow-down, clean-up, stop-process or stop-agent." },
      outcome: { type: "string", description: "success or failure." },
      reason: { type: "string", description: "Why it had no effect; empty for a success." },
      freed_bytes: { type: "integer", description: "What a clean-up gave back." },
    },
  },
  rollback: {
    level: "warn",
    meets: ["AH-3"],
    message: "A session was rolled back to a checkpoint.",
    fields: {
      session_id: session,
      trigger: { type: "string", description: "What set it off." },
      change: { type: "string", description: "The change that was taken back." },
      checkpoint: { type: "string", description: "Where it went back to." },
      outcome: { type: "string", description: "success or failure." },
      phase: { type: "string", description: "The phase that failed: detect, restore or verify." },
      reason: { type: "string", description: "Why it failed; empty for a success." },
      duration_seconds: {
        type: "number",
        description: "From the first bad measurement to the verified state.",
      },
    },
  },
  backup: {
    meets: ["AH-3"],
    message: "A backup of the database was taken.",
    fields: {
      outcome: { type: "string", description: "success or failure." },
      reason: { type: "string", description: "Why it failed; empty for a success." },
      bytes: { type: "integer", description: "Its size, compressed." },
    },
  },
  "restore-test": {
    meets: ["AH-3"],
    message: "A backup was restored into an empty database and compared.",
    fields: {
      backup: { type: "string", description: "Id of the backup." },
      outcome: { type: "string", description: "equal, different or failed." },
      reason: { type: "string", description: "What differs, or why it failed." },
    },
  },
  "emergency-level-changed": {
    level: "warn",
    meets: ["AH-6"],
    message: "The emergency level changed.",
    fields: {
      level: { type: "integer", description: "The new level, 0 to 5." },
      reason: { type: "string", description: "What set it off." },
      by: { type: "string", description: "hive, or the person who set it." },
    },
  },
  "person-requested": {
    level: "warn",
    meets: ["AH-6"],
    message: "A session asks for a person.",
    fields: {
      session_id: session,
      level: { type: "integer", description: "The emergency level at that time." },
      reason: { type: "string", description: "Why it does not decide by itself." },
      question: { type: "string", description: "What the person is asked." },
    },
  },
  "spawn-failed": {
    level: "warn",
    meets: ["AH-7"],
    message: "An attempt to start an agent failed.",
    fields: {
      agent_type: agentType,
      attempt: { type: "integer", description: "1, 2 or 3." },
      reason: { type: "string", description: "error or timeout." },
      stderr: { type: "string", description: "The last line that the process wrote." },
    },
  },
  "agent-ended": {
    meets: ["AH-9"],
    message: "An agent ended.",
    fields: {
      agent_type: agentType,
      session_id: session,
      outcome: { type: "string", description: "done, crashed, unresponsive or stopped." },
      exit_code: { type: "integer", description: "Of its process." },
      stderr: { type: "string", description: "The last line that the process wrote." },
    },
  },
  "model-call": {
    meets: ["AH-8"],
    message: "A call of a model ended.",
    fields: {
      task_id: { type: "string", description: "Id of the task." },
      provider: { type: "string", description: "Name of the provider that answered last." },
      attempts: { type: "integer", description: "How often it was tried, fall-backs included." },
      error_type: { type: "string", description: "Empty for a success." },
      given_up: { type: "boolean", description: "Whether the task was told that it failed." },
    },
  },
  "breaker-changed": {
    level: "warn",
    meets: ["AH-8"],
    message: "A breaker changed its state.",
    fields: {
      breaker: { type: "string", description: "Name of the breaker." },
      state: { type: "string", description: "open, half-open or closed." },
      reason: { type: "string", description: "What it counted, and the limit that this passed." },
    },
  },
  "permission-refused": {
    meets: ["AH-10"],
    message: "A request to a sensitive endpoint was refused.",
    fields: {
      result: { type: "string", description: "no-token, bad-token, expired-token or no-permission." },
      route: { type: "string", description: "The endpoint." },
      subject: { type: "string", description: "Whom the token names; empty without a valid one." },
      client_address: { type: "string", description: "Where the request came from." },
    },
  },
  "permission-unchecked": {
    level: "error",
    meets: ["AH-10"],
    message: "A sensitive endpoint answered without a check.",
    fields: {
      method: { type: "string", description: "Of the request." },
      route: { type: "string", description: "The endpoint." },
      client_address: { type: "string", description: "Where the request came from." },
    },
  },
});
