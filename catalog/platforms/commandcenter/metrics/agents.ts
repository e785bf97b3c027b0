import { defineMetrics } from "fairlead";
import { agents, riskLevels } from "../label-values.ts";
import { services } from "../services.ts";

/** Business: what agents do, what they find, and what they cost in time. */
export const agentMetrics = defineMetrics(
  { services },
  {
    commandcenter_agent_runs_started_total: {
      meets: ["CC-7", "PM-3"],
      type: "counter",
      class: "business",
      help: "Runs of agents that began, counted by the executor itself, by whether the approval that they need was there.",
      services: ["orchestrator"],
      labels: { agent: agents, risk_level: riskLevels, approval: ["not-needed", "granted", "missing"] },
    },
    commandcenter_agent_runs_finished_total: {
      meets: ["CC-2", "PM-3"],
      type: "counter",
      class: "business",
      help: "Runs of agents that ended; one that broke out of a limit of time or memory was killed.",
      services: ["orchestrator"],
      labels: {
        agent: agents,
        risk_level: riskLevels,
        outcome: ["succeeded", "failed", "timed-out", "killed"],
      },
    },
    commandcenter_agent_runs_active: {
      meets: ["CC-2", "PM-3"],
      type: "gauge",
      class: "business",
      help: "Agents that are running in this replica.",
      services: ["orchestrator"],
      labels: { agent: agents },
    },
    commandcenter_agent_run_duration_seconds: {
      meets: ["CC-2", "CC-9", "PM-3"],
      type: "histogram",
      class: "business",
      unit: "seconds",
      help: "Time from the start of an agent's process to its end.",
      services: ["orchestrator"],
      labels: { agent: agents },
      buckets: [0.25, 0.5, 1, 2.5, 5, 7.5, 10, 20, 30, 60, 120, 300, 600],
    },
    commandcenter_agent_start_duration_seconds: {
      meets: ["CC-9", "PM-3"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time that the executor took to prepare the sandbox and start the process.",
      services: ["orchestrator"],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    },
    commandcenter_agent_outputs_refused_total: {
      meets: ["CC-5", "PM-3"],
      type: "counter",
      class: "business",
      help: "Outputs of agents that were not what a workflow can use: no JSON on stdout, against the agent's schema, or too large.",
      services: ["orchestrator"],
      labels: { agent: agents, reason: ["not-json", "schema", "too-large"] },
    },
    commandcenter_findings_total: {
      meets: ["CC-6", "CC-8", "PM-3"],
      type: "counter",
      class: "business",
      help: "Findings of agents, by what they are about.",
      services: ["orchestrator"],
      labels: {
        category: [
          // compliance-checker (CC-6)
          ...["licence", "security-header", "secret", "environment-variable"],
          // code-reviewer (CC-8)
          ...["static-analysis", "complexity", "best-practice"],
          // security-scanner
          "vulnerability",
        ],
        severity: ["critical", "high", "medium", "low", "info"],
      },
    },
    commandcenter_findings_resolved_total: {
      meets: ["CC-8", "PM-3"],
      type: "counter",
      class: "business",
      help: "Findings that people dealt with, by how: a fixed one was useful feedback, a dismissed one was not.",
      services: ["api"],
      labels: { agent: agents, resolution: ["fixed", "accepted-risk", "dismissed"] },
    },
    commandcenter_reviews_total: {
      meets: ["CC-8", "PM-3"],
      type: "counter",
      class: "business",
      help: "Runs of the code reviewer, by whether it had the security scanner's findings of the same commit.",
      services: ["orchestrator"],
      labels: { scanner_findings: ["used", "missing"] },
    },
    commandcenter_patches_total: {
      meets: ["CC-7", "PM-3"],
      type: "counter",
      class: "business",
      help: "Patches that the patcher made, by what became of them.",
      services: ["orchestrator"],
      labels: {
        kind: ["dependency-update", "security-patch", "refactoring"],
        outcome: ["merged", "open", "tests-failed", "reverted"],
      },
    },
  },
);
