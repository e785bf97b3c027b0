import type { WorkflowDefinition } from "../domain/workflow.ts";

/** What Agent Hive's face calls a task, as a built-in workflow: one step of a coder. */
export const taskWorkflow: WorkflowDefinition = {
  name: "task",
  description: "One task of a session, done by one agent.",
  steps: [
    {
      id: "work",
      agent: "coder",
      capabilities: [],
      needs: [],
      input: {},
      risk: "AUTO",
      attempts: 3,
      timeoutSeconds: 3_600,
    },
  ],
};
