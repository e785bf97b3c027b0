// Label values that several metrics share. Each service sets every series of a counter to 0 at its start, so that the first
// event is an increase and not merely the birth of a series.

/** The lengths at which a session is judged, in order (AH-1). */
export const milestones = ["4h", "8h", "16h", "24h"];
/** What the guardian limits for each session (AH-2). */
export const resources = ["memory", "cpu", "disk", "processes"];
export const agentTypes = ["planner", "coder", "reviewer", "tester", "researcher", "integrator"];
/** Model providers by the names that OpenTelemetry gives them; the second is the fall-back. */
export const providers = ["anthropic", "openai"];
export const breakers = ["model-anthropic", "model-openai", "agent-spawn", "database"];
export const priorities = ["urgent", "normal", "low"];
/** What is compared with the accepted baseline (AH-3). */
export const measures = ["task-duration", "api-latency", "error-rate", "tokens-per-task"];
/** What may set off an emergency level (AH-6). */
export const emergencyReasons = [
  "resources",
  "failures",
  "fatigue",
  "budget",
  "security",
  "rollback-failed",
  "person",
];
/** Answers that are the server's fault. */
export const serverErrors = ["500", "502", "503", "504"];
