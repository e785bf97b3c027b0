import { defineMetrics } from "fairlead";
import { breakers, modes, providers, stages, yesOrNo } from "../label-values.ts";
import { services } from "../services.ts";

/** Technical: model and tool calls, breakers; requests and database are the base's. OpenTelemetry's names where its conventions have one. */
export const technicalMetrics = defineMetrics(
  { services },
  {
    gen_ai_client_token_usage: {
      meets: ["WV-5"],
      type: "histogram",
      class: "technical",
      unit: "tokens",
      help: "Number of input and output tokens used by a call of a model.",
      services: ["autopilot"],
      labels: {
        gen_ai_operation_name: ["chat"],
        gen_ai_provider_name: providers,
        gen_ai_request_model: { atMost: 6 },
        gen_ai_token_type: ["input", "output"],
        stage: stages,
      },
      // The boundaries that OpenTelemetry's convention asks for, as far as a 10,000-token limit can reach.
      buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536],
    },
    gen_ai_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of calls of a model; error_type is empty for those that succeeded.",
      services: ["autopilot"],
      labels: {
        gen_ai_operation_name: ["chat"],
        gen_ai_provider_name: providers,
        gen_ai_request_model: { atMost: 6 },
        error_type: ["", "timeout", "429", "500", "503", "529", "_OTHER"],
      },
      buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    },
    mcp_server_operation_duration_seconds: {
      meets: ["WV-5"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of MCP requests as the server sees them; error_type is empty for those that succeeded.",
      services: ["mcp-server"],
      labels: {
        mcp_method_name: [
          "initialize",
          "ping",
          "tools/list",
          "tools/call",
          "resources/list",
          "resources/read",
        ],
        gen_ai_tool_name: { atMost: 30 },
        error_type: ["", "tool_error", "timeout", "-32602", "-32603", "_OTHER"],
      },
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    },
    mcp_client_operation_duration_seconds: {
      meets: ["WV-5"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of MCP requests as the autopilot sees them; error_type is empty for those that succeeded.",
      services: ["autopilot"],
      labels: {
        mcp_method_name: [
          "initialize",
          "ping",
          "tools/list",
          "tools/call",
          "resources/list",
          "resources/read",
        ],
        error_type: ["", "tool_error", "timeout", "connection", "_OTHER"],
      },
      buckets: [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300],
    },
    weathervane_breaker_open: {
      meets: ["WV-6", "PM-3"],
      type: "gauge",
      class: "technical",
      help: "1 while the breaker is open, 0 while it is closed; reported by the replica that holds the scheduler's lease.",
      services: ["autopilot"],
      labels: { breaker: breakers },
    },
    weathervane_breaker_trips_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "technical",
      help: "How often a breaker opened.",
      services: ["autopilot"],
      labels: { breaker: breakers },
    },
    weathervane_mode: {
      meets: ["PM-3"],
      type: "gauge",
      class: "technical",
      help: "1 for the mode that is on, 0 for the others; reported by the replica that holds the scheduler's lease.",
      services: ["autopilot"],
      labels: { mode: modes },
    },
    weathervane_operations_total: {
      meets: ["WV-20", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Operations that change something, by whether their log record was confirmed as written.",
      services: ["autopilot", "dashboard-api", "mcp-server"],
      labels: {
        operation: ["task", "stage", "gate", "resolution", "tool-call", "mode-change", "breaker-change"],
        logged: yesOrNo,
      },
    },
    weathervane_token_budget_used_tokens: {
      meets: ["WV-7", "WV-14", "PM-3"],
      type: "gauge",
      class: "technical",
      unit: "tokens",
      help: "Tokens that all tasks used in the last 60 minutes; reported by the replica that holds the scheduler's lease.",
      services: ["autopilot"],
    },
    weathervane_token_budget_limit_tokens: {
      meets: ["WV-7", "WV-14", "PM-3"],
      type: "gauge",
      class: "technical",
      unit: "tokens",
      help: "Tokens that all tasks may use in 60 minutes (100,000); reported by the replica that holds the scheduler's lease.",
      services: ["autopilot"],
    },
  },
);
