import { defineDashboards } from "fairlead";
import { approvals } from "./approvals.ts";
import { known } from "./known.ts";

export const workflow = defineDashboards(known, {
  workflow: {
    meets: ["CC-2"],
    title: "Workflow",
    description:
      "Runs of workflows: how many wait, run and succeed, how long they take, why DAGs fail, and what waits for a person.",
    tags: ["commandcenter", "CC-2"],
    variables: {
      workflow: { title: "Workflow", metric: "commandcenter_runs_finished_total", label: "workflow" },
    },
    rows: [
      {
        title: "Now",
        panels: [
          {
            meets: ["CC-2", "CC-9"],
            title: "Runs by state",
            description: "Runs that have not ended. Ten may run at once; pending ones wait for a place.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: "max by (state) (commandcenter_runs)", legend: "{{state}}" },
              { expr: "max(commandcenter_run_limit)", legend: "limit of running" },
            ],
            alerts: ["runs-pile-up", "runs-stand-still"],
            width: "half",
          },
          {
            meets: ["CC-3"],
            title: "Success of the last day",
            description:
              "Share of the ended runs that succeeded, cancelled ones left out. The promise is 95 %.",
            type: "stat",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(commandcenter_runs_finished_total{outcome="succeeded"}[1d])) ' +
                  '/ (sum(increase(commandcenter_runs_finished_total{outcome!="cancelled"}[1d])) > 0)',
                legend: "succeeded",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.95, color: "green" },
            ],
            slos: ["workflow-success"],
            width: "half",
          },
        ],
      },
      {
        title: "Outcome",
        panels: [
          {
            title: "Runs per hour by outcome",
            description: "Runs that ended in the last hour.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: 'sum by (outcome) (increase(commandcenter_runs_finished_total{workflow=~"$workflow"}[1h]))',
                legend: "{{outcome}}",
              },
            ],
            slos: ["workflow-success"],
            width: "third",
          },
          {
            title: "Workflows that fail most",
            description: "Failed runs of the last day. One workflow is its own fault; many share something.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'topk(10, sum by (workflow) (increase(commandcenter_runs_finished_total{outcome="failed"}[1d])) > 0)',
                legend: "{{workflow}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["CC-5"],
            title: "DAG failures by reason",
            description:
              "Runs of the last hour whose DAG could not go on. 0 is good; cycles should have been refused before.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (reason) (increase(commandcenter_dag_failures_total[1h]))",
                legend: "{{reason}}",
              },
            ],
            alerts: ["dag-failures-high"],
            width: "third",
          },
          {
            title: "What started runs",
            description:
              "Runs that began in the last hour. A storm of alerts or a schedule that is too close shows here.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (trigger) (increase(commandcenter_runs_started_total[1h]))",
                legend: "{{trigger}}",
              },
            ],
            width: "third",
          },
          {
            title: "Step retries by reason",
            description: "Steps of the last hour that were started again.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (reason) (increase(commandcenter_step_retries_total[1h]))",
                legend: "{{reason}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["CC-5"],
            title: "Runs whose workflow is gone",
            description: "Deleting a workflow deletes its runs. Anything but 0 wakes somebody.",
            type: "stat",
            unit: "count",
            queries: [{ expr: "max(commandcenter_orphaned_runs)", legend: "orphaned" }],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["orphaned-runs"],
            width: "third",
          },
        ],
      },
      {
        title: "How long it takes",
        panels: [
          {
            meets: ["CC-9"],
            title: "Duration of runs with one agent",
            description: "From first step to end, successful ones. 95 % must end within 10 s.",
            type: "timeseries",
            unit: "seconds",
            queries: ["0.5", "0.95", "0.99"].map((quantile) => ({
              expr: `histogram_quantile(${quantile}, sum by (le) (rate(commandcenter_run_duration_seconds_bucket{size="single-agent",outcome="succeeded"}[15m])))`,
              legend: `p${Number(quantile) * 100}`,
            })),
            thresholds: [{ value: 10, color: "red" }],
            slos: ["single-agent-workflow"],
            width: "third",
          },
          {
            meets: ["CC-9"],
            title: "Time until a run starts",
            description: "From acceptance to the first step. 99 % must start within 5 s.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.99, sum by (le) (rate(commandcenter_run_start_duration_seconds_bucket[15m])))",
                legend: "p99",
              },
              {
                expr: "histogram_quantile(0.5, sum by (le) (rate(commandcenter_run_start_duration_seconds_bucket[15m])))",
                legend: "p50",
              },
            ],
            thresholds: [{ value: 5, color: "red" }],
            slos: ["workflow-start"],
            width: "third",
          },
          {
            title: "Duration of steps, 95th percentile",
            description: "By kind of step, over the last hour. Approvals last as long as people take.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.95, sum by (step_kind, le) (rate(commandcenter_step_duration_seconds_bucket{step_kind!="approval"}[1h])))',
                legend: "{{step_kind}}",
              },
            ],
            width: "third",
          },
          {
            title: "Messages that wait in NATS",
            description: "By stream: waiting, or taken and not confirmed. Near 0 is good.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: "max by (stream, state) (commandcenter_stream_messages)",
                legend: "{{stream}} {{state}}",
              },
            ],
            alerts: ["messages-redelivered"],
            width: "half",
          },
          {
            title: "Steps by outcome",
            description: "Steps that ended. Skipped ones follow a failed step or an unmet condition.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: "sum by (outcome) (rate(commandcenter_steps_finished_total[$__rate_interval]))",
                legend: "{{outcome}}",
              },
            ],
            width: "half",
          },
        ],
      },
      approvals,
    ],
  },
});
