// OpenTelemetry's conventions for generative AI and MCP are in development: their names stand here and nowhere else.
// Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/
import type { EventOf } from "../domain/event.ts";
import type { Instruments, Labels } from "./instruments.ts";

export const genAi = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  agentName: "gen_ai.agent.name",
  toolName: "gen_ai.tool.name",
  conversation: "gen_ai.conversation.id",
  mcpMethod: "mcp.method.name",
  errorType: "error.type",
} as const;

/** Values of `gen_ai.operation.name`. */
export const genAiOperations = {
  workflow: "invoke_workflow",
  agent: "invoke_agent",
  model: "chat",
  tool: "execute_tool",
} as const;

const errors = ["", "timeout", "429", "500", "503", "529"];

/** Tokens and duration of a model's call; `by` is what the platform tells calls apart by beyond the convention. */
export function countModelCall(on: Instruments, event: EventOf<"model.called">, by: Labels): void {
  const call = {
    gen_ai_operation_name: genAiOperations.model,
    gen_ai_provider_name: event.provider,
    gen_ai_request_model: event.model,
  };
  const error_type = errors.includes(event.error) ? event.error : "_OTHER";
  on.record("gen_ai_client_operation_duration_seconds", { ...call, error_type }, event.seconds);
  if (event.error !== "") return;
  const tokens = { input: event.inputTokens, output: event.outputTokens };
  for (const [gen_ai_token_type, used] of Object.entries(tokens)) {
    on.record("gen_ai_client_token_usage", { ...call, gen_ai_token_type, ...by }, used);
  }
}
