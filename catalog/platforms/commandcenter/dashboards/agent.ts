import { defineDashboards } from "fairlead";
import { findings } from "./findings.ts";
import { known } from "./known.ts";

const finished = 'commandcenter_agent_runs_finished_total{agent=~"$agent"}';

export const agent = defineDashboards(known, {
  agent: {
    meets: ["CC-2"],
    title: "Agent",
    description:
      "Agents by kind and risk level: what they do, find and mend, what the sandbox keeps them from, and that none runs without approval.",
    tags: ["commandcenter", "CC-2"],
    variables: {
      agent: { title: "Agent", metric: "commandcenter_agent_runs_finished_total", label: "agent" },
    },
    rows: [
      {
        title: "What must never happen",
        panels: [
          {
            meets: ["CC-7"],
            title: "Runs without the approval that they need",
            description:
              "Agents of level APPROVAL_REQUIRED that no person had approved, in the last day. Anything but 0 wakes somebody.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: 'sum by (agent) (increase(commandcenter_agent_runs_started_total{risk_level="APPROVAL_REQUIRED",approval!="granted"}[1d]))',
                legend: "{{agent}}",
              },
            ],
            thresholds: [{ value: 0.5, color: "red" }],
            alerts: ["agent-ran-without-approval"],
            width: "third",
          },
          {
            meets: ["CC-11"],
            title: "Sandbox violations",
            description:
              "What the audit found that the sandbox should have refused, in the last day. Anything but 0 wakes somebody.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: "sum by (resource) (increase(commandcenter_sandbox_violations_total[1d]))",
                legend: "{{resource}}",
              },
            ],
            thresholds: [{ value: 0.5, color: "red" }],
            alerts: ["sandbox-violated"],
            width: "third",
          },
          {
            meets: ["CC-12"],
            title: "Secrets in clear",
            description:
              "Secrets that were found where they had been written already, in the last day. Anything but 0 wakes somebody.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: "sum by (place) (increase(commandcenter_secret_leaks_total[1d]))",
                legend: "{{place}}",
              },
            ],
            thresholds: [{ value: 0.5, color: "red" }],
            alerts: ["secret-leaked"],
            width: "third",
          },
        ],
      },
      {
        title: "Work",
        panels: [
          {
            title: "Agents that run",
            description: "Processes in all replicas, by agent. Ten workflows at once make about ten.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (agent) (commandcenter_agent_runs_active{agent=~"$agent"})',
                legend: "{{agent}}",
              },
            ],
            width: "third",
          },
          {
            title: "Runs per hour by risk level",
            description:
              "Runs of the last hour that ended. AUTO needs nobody, NOTIFY tells people, APPROVAL_REQUIRED waits for one.",
            type: "timeseries",
            unit: "per-hour",
            queries: [{ expr: `sum by (risk_level) (increase(${finished}[1h]))`, legend: "{{risk_level}}" }],
            width: "third",
          },
          {
            title: "Share of runs that fail",
            description: "Failed, timed out or killed, of the last hour. Above 20 % the team is told.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (agent) (increase(commandcenter_agent_runs_finished_total{agent=~"$agent",outcome!="succeeded"}[1h])) ' +
                  `/ (sum by (agent) (increase(${finished}[1h])) > 0)`,
                legend: "{{agent}}",
              },
            ],
            thresholds: [{ value: 0.2, color: "red" }],
            alerts: ["agent-failures-high"],
            width: "third",
          },
          {
            title: "Duration, 95th percentile",
            description:
              "From the start of the process to its end. A workflow with one agent has 10 s in all.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.95, sum by (agent, le) (rate(commandcenter_agent_run_duration_seconds_bucket{agent=~"$agent"}[15m])))',
                legend: "{{agent}}",
              },
            ],
            thresholds: [{ value: 10, color: "yellow" }],
            slos: ["single-agent-workflow"],
            width: "third",
          },
          {
            title: "Time to start an agent",
            description:
              "What the executor takes to prepare the sandbox and start the process. Grows first when a node is full.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (le) (rate(commandcenter_agent_start_duration_seconds_bucket[15m])))",
                legend: "p95",
              },
              {
                expr: "histogram_quantile(0.5, sum by (le) (rate(commandcenter_agent_start_duration_seconds_bucket[15m])))",
                legend: "p50",
              },
            ],
            slos: ["workflow-start"],
            width: "third",
          },
          {
            meets: ["CC-5"],
            title: "Outputs that no workflow can use",
            description: "Of the last hour: no JSON on stdout, against the schema, or too large. 0 is good.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: 'sum by (agent, reason) (increase(commandcenter_agent_outputs_refused_total{agent=~"$agent"}[1h])) > 0',
                legend: "{{agent}} {{reason}}",
              },
            ],
            alerts: ["agent-output-unusable"],
            width: "third",
          },
        ],
      },
      findings,
      {
        title: "Sandbox and secrets",
        panels: [
          {
            meets: ["CC-11"],
            title: "Refused by the sandbox",
            description:
              "What agents tried and could not, per hour. More than 20 in 15 minutes of one kind: the team is told.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: 'sum by (agent, resource) (increase(commandcenter_sandbox_refusals_total{agent=~"$agent"}[1h])) > 0',
                legend: "{{agent}} {{resource}}",
              },
            ],
            alerts: ["sandbox-refusals-high"],
            width: "half",
          },
          {
            meets: ["CC-12"],
            title: "Secrets masked in time",
            description:
              "Per hour, before they reached a log or an output. 0 since a release means that masking is off.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (service, place) (increase(commandcenter_secrets_masked_total[1h]))",
                legend: "{{service}} {{place}}",
              },
            ],
            width: "half",
          },
        ],
      },
    ],
  },
});
