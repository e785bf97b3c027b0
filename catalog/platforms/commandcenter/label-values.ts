// Label values that several metrics share. Each service sets every series of a counter to 0 at its start, so that the first
// event is an increase and not merely the birth of a series.

/** The agents that come with the platform; what teams bring themselves counts as "custom". */
export const agents = ["security-scanner", "compliance-checker", "patcher", "code-reviewer", "custom"];
/** How much an agent may do by itself; the last one never runs before a person with the right role approved (CC-7). */
export const riskLevels = ["AUTO", "NOTIFY", "APPROVAL_REQUIRED"];
export const breakers = ["agent-executor", "nats", "database-pool"];
/** JetStream streams: runs that were asked for, steps that are due, notifications that are to be sent. */
export const streams = ["runs", "steps", "notifications"];
/** What an agent's sandbox keeps it from. */
export const sandboxed = ["file", "network", "secret", "process"];
/** Model providers by the names that OpenTelemetry gives them. */
export const providers = ["anthropic", "openai"];
/** Workflows and projects are people's own: there is a limit to how many may have series. */
export const workflows = { atMost: 50 };
export const projects = { atMost: 20 };
export const models = { atMost: 6 };
/** Answers that are the server's fault. */
export const serverErrors = ["500", "502", "503", "504"];
