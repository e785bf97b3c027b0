// Label values that several metrics share. Each service sets every series of a counter to 0 at its start, so that the first
// event is an increase and not merely the birth of a series.

/** States of the pipeline, in order (WV-1). */
export const stages = ["spec", "plan", "think", "implement", "verify", "review", "pr", "monitor"];
export const gates = ["1", "2", "3", "4", "5"];
export const priorities = ["urgent", "normal", "low"];
/** Model providers by the names that OpenTelemetry gives them; the second is the back-up. */
export const providers = ["anthropic", "openai"];
export const breakers = ["model-provider", "quality-gate", "file-io", "mcp-server", "task-failures"];
/** Degradation modes, from everything works to everything is paused. */
export const modes = ["normal", "minimal", "read-only", "emergency-stop"];
export const yesOrNo = ["true", "false"];
/** Answers that are the server's fault. */
export const serverErrors = ["500", "502", "503", "504"];
