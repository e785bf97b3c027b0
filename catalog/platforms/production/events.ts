import { defineEvents } from "fairlead";

const workflow = { type: "string", description: "Id of the workflow." } as const;

/** What happened, for the log; nothing of it wakes anybody. */
export const events = defineEvents({
  "workflow-requested": {
    meets: ["PM-2"],
    message: "Somebody asked for a workflow.",
    fields: {
      workflow_id: workflow,
      steps: { type: "integer", description: "Steps that it has." },
    },
  },
  "workflow-ended": {
    meets: ["PM-2"],
    message: "A workflow ended.",
    fields: {
      workflow_id: workflow,
      outcome: { type: "string", description: "success, failure or cancelled." },
      reason: { type: "string", description: "Why it failed or was cancelled; empty for a success." },
      lead_seconds: { type: "number", description: "Time from the request to the end." },
    },
  },
  "cache-invalidated": {
    meets: ["PM-1", "PM-2"],
    message: "Entries of a cache were removed because they were no longer true.",
    fields: {
      cache: { type: "string", description: "Which cache." },
      reason: { type: "string", description: "write, event, dependency or manual." },
      entries: { type: "integer", description: "How many entries." },
    },
  },
  "error-shown": {
    meets: ["PM-2"],
    level: "error",
    message: "A person was shown an error.",
    fields: {
      feature: { type: "string", description: "What the person was using." },
      error: { type: "string", description: "The error's type, without anything the person entered." },
      fingerprint: {
        type: "string",
        description: "The same for errors of one cause: digest of type and stack.",
      },
    },
  },
});
