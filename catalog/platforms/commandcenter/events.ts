import { defineEvents } from "fairlead";

const run = { type: "string", description: "Id of the run." } as const;
const workflow = { type: "string", description: "Name of the workflow." } as const;
const agent = { type: "string", description: "Name of the agent." } as const;
const step = { type: "string", description: "Symbolic id of the step in its workflow." } as const;

// What only informs is logged and wakes nobody. Runbooks filter by these names and fields.
export const events = defineEvents({
  "run-started": {
    meets: ["CC-5"],
    message: "A run began with its first step.",
    fields: {
      run_id: run,
      workflow,
      trigger: { type: "string", description: "person, api, schedule or alert." },
      waited_seconds: { type: "number", description: "Time since the API had accepted it." },
    },
  },
  "run-finished": {
    meets: ["CC-5"],
    message: "A run ended.",
    fields: {
      run_id: run,
      workflow,
      outcome: { type: "string", description: "succeeded, failed or cancelled." },
      reason: { type: "string", description: "Why it failed or was cancelled; empty for a success." },
      duration_seconds: {
        type: "number",
        description: "From its first step to its end, approvals not included.",
      },
      cost_usd: { type: "number", description: "What the model providers charge for it, in US dollars." },
    },
  },
  "workflow-deleted": {
    meets: ["CC-5"],
    message: "A workflow was deleted with all its runs.",
    fields: {
      workflow,
      runs_deleted: { type: "integer", description: "Runs that went with it." },
      by: { type: "string", description: "Who deleted it." },
    },
  },
  "approval-requested": {
    meets: ["CC-7"],
    message: "A step waits for a person's approval.",
    fields: {
      run_id: run,
      step,
      agent,
      risk_level: { type: "string", description: "AUTO, NOTIFY or APPROVAL_REQUIRED." },
      role: { type: "string", description: "The role that may approve it." },
    },
  },
  "approval-decided": {
    meets: ["CC-7"],
    message: "An approval was given, refused, or expired.",
    fields: {
      run_id: run,
      step,
      decision: { type: "string", description: "approved, rejected or expired." },
      by: { type: "string", description: "Who decided; empty when it expired." },
      waited_seconds: { type: "number", description: "Time since it was asked for." },
    },
  },
  "notification-failed": {
    level: "warn",
    message: "A channel did not take a notification.",
    fields: {
      run_id: run,
      channel: { type: "string", description: "chat or mail." },
      reason: { type: "string", description: "The channel's answer." },
    },
  },
  "agent-started": {
    meets: ["CC-7", "CC-11"],
    message: "The executor started an agent.",
    fields: {
      run_id: run,
      step,
      agent,
      risk_level: { type: "string", description: "AUTO, NOTIFY or APPROVAL_REQUIRED." },
      approval: { type: "string", description: "not-needed, granted or missing." },
      approved_by: { type: "string", description: "Who approved; empty when nobody had to." },
      network: { type: "string", description: "Hosts that the sandbox lets it reach; empty for none." },
    },
  },
  "agent-finished": {
    meets: ["CC-6", "CC-8"],
    message: "An agent ended.",
    fields: {
      run_id: run,
      step,
      agent,
      outcome: { type: "string", description: "succeeded, failed, timed-out or killed." },
      exit_code: { type: "integer", description: "Exit code of its process." },
      findings: { type: "integer", description: "Findings that it reported." },
      critical_findings: { type: "integer", description: "Those of them that are critical." },
      duration_seconds: { type: "number", description: "Time from the start of its process to its end." },
    },
  },
  "sandbox-refusal": {
    meets: ["CC-11"],
    level: "warn",
    message: "The sandbox kept an agent from something.",
    fields: {
      run_id: run,
      agent,
      resource: { type: "string", description: "file, network, secret or process." },
      target: { type: "string", description: "Path, host or name that it tried; never a value." },
    },
  },
  "input-refused": {
    meets: ["CC-10"],
    level: "warn",
    message: "A request was refused by the input checks.",
    fields: {
      route: { type: "string", description: "Route of the request." },
      kind: { type: "string", description: "sql-injection, xss, path-traversal or schema." },
      field: { type: "string", description: "Path of the field in the body; never its value." },
      user: { type: "string", description: "Who sent it; empty for nobody known." },
    },
  },
  "secret-rotated": {
    meets: ["CC-12"],
    message: "A secret was created, rotated or revoked.",
    fields: {
      secret: { type: "string", description: "Name of the secret; never its value." },
      action: { type: "string", description: "created, rotated or revoked." },
      by: { type: "string", description: "Who did it." },
    },
  },
  "breaker-opened": {
    meets: ["CC-14"],
    level: "warn",
    message: "A breaker opened.",
    fields: {
      breaker: { type: "string", description: "Name of the breaker." },
      reason: { type: "string", description: "What it counted, and the limit that this passed." },
    },
  },
});
