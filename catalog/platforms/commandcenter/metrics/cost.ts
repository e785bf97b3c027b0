import { defineMetrics } from "fairlead";
import { agents, models, projects, providers, workflows } from "../label-values.ts";
import { services } from "../services.ts";

/** Calls of models and what they cost. OpenTelemetry's names where its conventions have one. */
export const costMetrics = defineMetrics(
  { services },
  {
    gen_ai_client_token_usage: {
      meets: ["CC-2"],
      type: "histogram",
      class: "technical",
      unit: "tokens",
      help: "Number of input and output tokens used by a call of a model.",
      services: ["orchestrator"],
      labels: {
        gen_ai_operation_name: ["chat"],
        gen_ai_provider_name: providers,
        gen_ai_request_model: models,
        gen_ai_token_type: ["input", "output"],
        agent: agents,
      },
      // The boundaries that OpenTelemetry's convention asks for, up to the largest context of a model.
      buckets: [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144],
    },
    gen_ai_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of calls of a model; error_type is empty for those that succeeded.",
      services: ["orchestrator"],
      labels: {
        gen_ai_operation_name: ["chat"],
        gen_ai_provider_name: providers,
        gen_ai_request_model: models,
        error_type: ["", "timeout", "429", "500", "503", "529", "_OTHER"],
      },
      buckets: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92],
    },
    commandcenter_model_cost_usd_total: {
      meets: ["CC-2", "PM-3"],
      type: "counter",
      class: "business",
      unit: "usd",
      help: "What the model providers charge, in US dollars, by who called the model.",
      services: ["orchestrator"],
      labels: { gen_ai_provider_name: providers, gen_ai_request_model: models, agent: agents },
    },
    commandcenter_run_cost_usd_total: {
      meets: ["CC-2", "PM-3"],
      type: "counter",
      class: "business",
      unit: "usd",
      help: "The same dollars by what they were spent for; a workflow belongs to one project.",
      services: ["orchestrator"],
      labels: { project: projects, workflow: workflows },
    },
    commandcenter_budget_usd: {
      meets: ["CC-2", "CC-13", "PM-3"],
      type: "gauge",
      class: "business",
      unit: "usd",
      help: "What a project may spend in the calendar month, in US dollars; each replica reports the same.",
      services: ["api"],
      labels: { project: projects },
    },
    commandcenter_budget_spent_usd: {
      meets: ["CC-2", "CC-13", "PM-3"],
      type: "gauge",
      class: "business",
      unit: "usd",
      help: "What a project has spent in the calendar month so far, in US dollars; each replica reports the same.",
      services: ["api"],
      labels: { project: projects },
    },
    commandcenter_quota_used_ratio: {
      meets: ["CC-13", "PM-3"],
      type: "gauge",
      class: "user",
      unit: "ratio",
      help: "Share of a project's daily quota of runs that is used; each replica reports the same.",
      services: ["api"],
      labels: { project: projects },
    },
  },
);
