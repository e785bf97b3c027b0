import { defineEvents } from "fairlead";

const task = { type: "string", description: "Id of the task." } as const;
const agent = { type: "string", description: "Id of the agent." } as const;

export const events = defineEvents({
  "agent-registered": {
    message: "An agent registered.",
    fields: {
      agent_id: agent,
      agent_type: { type: "string", description: "Its type, which says what it can do." },
    },
  },
  "task-assigned": {
    message: "A task was given to an agent.",
    fields: {
      task_id: task,
      agent_id: agent,
      priority: { type: "string", description: "urgent, normal or low." },
      waited_seconds: { type: "number", description: "Time that it waited in the queue." },
    },
  },
  "conflict-resolved": {
    message: "A conflict between agents was resolved, or could not be.",
    fields: {
      task_id: task,
      strategy: { type: "string", description: "The strategy that was tried." },
      resolved: { type: "boolean", description: "Whether it resolved the conflict." },
    },
  },
});
