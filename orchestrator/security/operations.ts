import type { Permission } from "./permissions.ts";

/** Requests that share a rate limit for each user. */
export type Pace = "read" | "write" | "start" | "heartbeat" | "stream";

export interface OperationRule {
  /** What the bearer must be allowed; `none` where no token is asked for. */
  permission: Permission | "none";
  pace: Pace;
  /**
   * Its record in the audit log (NX-9): written before it is done, or in the transaction that does it. Heartbeats are signs of life, not actions.
   */
  audit: "before" | "in-transaction" | "none";
}

const read = (permission: Permission): OperationRule => ({ permission, pace: "read", audit: "none" });
const change = (permission: Permission): OperationRule => ({ permission, pace: "write", audit: "before" });
const start = (permission: Permission): OperationRule => ({
  permission,
  pace: "start",
  audit: "in-transaction",
});
const open: OperationRule = { permission: "none", pace: "read", audit: "none" };

/** Every operation of the API by its `operationId`. A route that names none of them does not get into the server: denied by default. */
export const operations = {
  createWorkflow: change("workflow:write"),
  listWorkflows: read("workflow:read"),
  readWorkflow: read("workflow:read"),
  deleteWorkflow: change("workflow:delete"),
  createRun: start("run:start"),
  runAndWait: start("run:start"),
  listRuns: read("run:read"),
  readRun: read("run:read"),
  cancelRun: change("run:cancel"),
  retryRun: start("run:start"),
  submitTask: start("run:start"),
  listApprovals: read("approval:read"),
  readApproval: read("approval:read"),
  decideApproval: change("approval:decide"),
  registerAgent: change("agent:register"),
  heartbeatAgent: { permission: "agent:heartbeat", pace: "heartbeat", audit: "none" },
  listAgents: read("agent:read"),
  removeAgent: change("agent:remove"),
  readMode: read("mode:read"),
  changeMode: change("mode:change"),
  listSignals: read("mode:read"),
  tellSignal: change("signal:tell"),
  listFlags: read("flag:read"),
  evaluateFlag: read("flag:read"),
  changeFlag: change("flag:change"),
  listEvents: read("event:read"),
  streamEvents: { permission: "event:read", pace: "stream", audit: "none" },
  openEventSocket: { permission: "event:read", pace: "stream", audit: "none" },
  listAuditRecords: read("audit:read"),
  readStatus: read("status:read"),
  isAlive: open,
  isHealthy: open,
  isReady: open,
  readMetrics: open,
  readOpenApi: open,
  weathervaneListTasks: read("run:read"),
  weathervaneCreateTask: start("run:start"),
  weathervaneReadStatus: read("status:read"),
  weathervaneListGates: read("event:read"),
  weathervaneListResolutionLoops: read("event:read"),
  hiveListSessions: read("run:read"),
  hiveReadSession: read("run:read"),
  hiveStartSession: change("session:manage"),
  hiveEndSession: change("session:manage"),
  hiveReadStatus: read("status:read"),
  hiveListTasks: read("run:read"),
  hiveCreateTask: start("run:start"),
  hiveListAgents: read("agent:read"),
  hiveReadResources: read("status:read"),
  hiveStartDrill: change("drill:start"),
} as const satisfies Record<string, OperationRule>;

export type OperationId = keyof typeof operations;
