import { defineMetrics } from "fairlead";
import { agents, breakers, sandboxed } from "../label-values.ts";
import { services } from "../services.ts";

/** Technical: what the platform keeps out and keeps in: inputs, sandbox, secrets, limits, breakers. */
export const safetyMetrics = defineMetrics(
  { services },
  {
    commandcenter_inputs_refused_total: {
      meets: ["CC-10", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Requests that input checks refused with 400, by what was found; schema is an honest mistake more often than not.",
      services: ["api"],
      labels: { kind: ["sql-injection", "xss", "path-traversal", "schema"] },
    },
    commandcenter_sandbox_refusals_total: {
      meets: ["CC-11", "PM-3"],
      type: "counter",
      class: "technical",
      help: "What agents tried and the sandbox kept them from.",
      services: ["orchestrator"],
      labels: { agent: agents, resource: sandboxed },
    },
    commandcenter_sandbox_violations_total: {
      meets: ["CC-11", "PM-3"],
      type: "counter",
      class: "technical",
      help: "What the audit after an agent's end found that the sandbox should have kept it from, and did not.",
      services: ["orchestrator"],
      labels: { agent: agents, resource: sandboxed },
    },
    commandcenter_secrets_masked_total: {
      meets: ["CC-12", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Secrets that were masked before they reached a log or an output.",
      services: ["api", "orchestrator"],
      labels: { place: ["log", "output"] },
    },
    commandcenter_secret_leaks_total: {
      meets: ["CC-12", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Secrets that the scanner found in clear where they had been written already.",
      services: ["api", "orchestrator"],
      labels: { place: ["log", "output", "artifact", "trace"] },
    },
    commandcenter_secret_age_seconds: {
      meets: ["CC-12", "PM-3"],
      type: "gauge",
      class: "technical",
      unit: "seconds",
      help: "Time since a secret of the platform was last rotated; each replica reports the same.",
      services: ["api"],
      labels: { secret: { atMost: 20 } },
    },
    commandcenter_rate_limit_refusals_total: {
      meets: ["CC-13", "PM-3"],
      type: "counter",
      class: "user",
      help: "Requests that were answered with 429 and Retry-After, by which limit was reached.",
      services: ["api"],
      labels: { limit: ["endpoint", "user-quota", "project-quota"] },
    },
    commandcenter_breaker_open: {
      meets: ["CC-14", "PM-3"],
      type: "gauge",
      class: "technical",
      help: "1 while this replica's breaker is open, 0 while it is closed.",
      services: ["api", "orchestrator"],
      labels: { breaker: breakers },
    },
    commandcenter_breaker_trips_total: {
      meets: ["CC-14", "PM-3"],
      type: "counter",
      class: "technical",
      help: "How often a breaker opened.",
      services: ["api", "orchestrator"],
      labels: { breaker: breakers },
    },
    commandcenter_breaker_refusals_total: {
      meets: ["CC-14", "PM-3"],
      type: "counter",
      class: "technical",
      help: "Calls that were not made because the breaker was open.",
      services: ["api", "orchestrator"],
      labels: { breaker: breakers },
    },
    commandcenter_dependency_reachable: {
      meets: ["CC-1", "PM-3"],
      type: "gauge",
      class: "technical",
      help: "1 while this replica gets answers from what it depends on, 0 while it does not.",
      services: ["api", "orchestrator"],
      labels: { dependency: ["nats", "postgres", "redis"] },
    },
  },
);
