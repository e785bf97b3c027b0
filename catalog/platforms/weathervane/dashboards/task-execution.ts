import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

const finished = (where: string) => `sum(increase(weathervane_tasks_finished_total{${where}}[1h]))`;
const ended = `(${finished('outcome!="cancelled"')} > 0)`;

export const taskExecution = defineDashboards(known, {
  "task-execution": {
    meets: ["WV-2"],
    title: "Task execution",
    description: "Where the tasks are, how many get done, how long each stage takes, and what holds them up.",
    tags: ["weathervane", "WV-2"],
    variables: {
      stage: { title: "Stage", metric: "weathervane_tasks_in_flight", label: "stage" },
      priority: { title: "Priority", metric: "weathervane_tasks_pending", label: "priority" },
    },
    rows: [
      {
        title: "Now",
        panels: [
          {
            meets: ["WV-1", "WV-2"],
            title: "Tasks in flight by state",
            description:
              "Tasks that are being worked on, by the state of the pipeline. At most 10 in all; ten in one state: it hangs.",
            type: "timeseries",
            unit: "count",
            queries: [
              { expr: 'sum by (stage) (weathervane_tasks_in_flight{stage=~"$stage"})', legend: "{{stage}}" },
            ],
            width: "half",
          },
          {
            title: "Pending tasks",
            description: "Tasks that wait in the queue. Above 20 the team is told.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (priority) (weathervane_tasks_pending{priority=~"$priority"})',
                legend: "{{priority}}",
              },
              { expr: "sum(weathervane_tasks_pending)", legend: "all" },
            ],
            thresholds: [{ value: 20, color: "yellow" }],
            alerts: ["pending-tasks-high"],
            width: "quarter",
          },
          {
            title: "Autopilots that answer",
            description: "Replicas of the autopilot that Prometheus reaches. 0: no task moves.",
            type: "stat",
            unit: "count",
            queries: [{ expr: 'sum(up{service="autopilot"})', legend: "replicas" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            alerts: ["autopilot-down"],
            width: "quarter",
          },
          {
            title: "Mode",
            description: "Which mode is on. Anything but normal holds tasks back.",
            type: "timeseries",
            unit: "on-off",
            queries: [{ expr: "max by (mode) (weathervane_mode)", legend: "{{mode}}" }],
            alerts: ["emergency-stop-active"],
            width: "half",
          },
          {
            title: "Waiting time, 95th percentile",
            description:
              "How long tasks wait before they start. Urgent must be the lowest; low may wait, but not for ever.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.95, sum by (priority, le) (rate(weathervane_task_wait_seconds_bucket{priority=~"$priority"}[1h])))',
                legend: "{{priority}}",
              },
            ],
            width: "half",
          },
        ],
      },
      {
        title: "What gets done",
        panels: [
          {
            meets: ["WV-2", "WV-16"],
            title: "Tasks completed per hour",
            description: "Tasks that succeeded in the last hour. Target 50; it was 5 before the autopilot.",
            type: "stat",
            unit: "per-hour",
            queries: [{ expr: finished('outcome="success"'), legend: "completed" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 5, color: "yellow" },
              { value: 50, color: "green" },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-2"],
            title: "Tasks completed per day",
            description: "Tasks that succeeded in the last 24 hours.",
            type: "stat",
            unit: "per-day",
            queries: [
              {
                expr: 'sum(increase(weathervane_tasks_finished_total{outcome="success"}[1d]))',
                legend: "completed",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-2"],
            title: "Success, failure and retry rates",
            description:
              "Share of the ended tasks of the last hour that succeeded or failed, cancelled ones left out, and share of all stage " +
              "runs that were retries.",
            type: "timeseries",
            unit: "percent",
            queries: [
              { expr: `${finished('outcome="success"')} / ${ended}`, legend: "success" },
              { expr: `${finished('outcome="failure"')} / ${ended}`, legend: "failure" },
              {
                expr: "sum(increase(weathervane_task_retries_total[1h])) / (sum(increase(weathervane_stage_duration_seconds_count[1h])) > 0)",
                legend: "retry",
              },
            ],
            width: "half",
          },
          {
            meets: ["WV-20"],
            title: "Completed without escalation",
            description:
              "Share of the ended tasks of the last day that succeeded without the incident reporter and without a person. Above 95 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_tasks_finished_total{outcome="success",incident="false",intervention="false"}[1d])) ' +
                  '/ (sum(increase(weathervane_tasks_finished_total{outcome!="cancelled"}[1d])) > 0)',
                legend: "without escalation",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.95, color: "green" },
            ],
            slos: ["escalation-free-tasks"],
            width: "quarter",
          },
          {
            meets: ["WV-20"],
            title: "Tasks that needed a person",
            description: "Share of the ended tasks of the last day in which a person stepped in. Below 5 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_tasks_finished_total{intervention="true"}[1d])) ' +
                  "/ (sum(increase(weathervane_tasks_finished_total[1d])) > 0)",
                legend: "with a person",
              },
            ],
            thresholds: [{ value: 0.05, color: "red" }],
            slos: ["unattended-tasks"],
            width: "quarter",
          },
          {
            title: "What people did",
            description:
              "Actions of people in the last day. Retries and cancellations are interventions; creations are not.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (action) (increase(weathervane_operator_actions_total[1d]))",
                legend: "{{action}}",
              },
            ],
            width: "quarter",
          },
          {
            title: "Tasks started per hour",
            description: "Tasks that left the queue in the last hour, by where they came from.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (source) (increase(weathervane_tasks_started_total[1h]))",
                legend: "{{source}}",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["WV-19"],
            title: "Tasks started by variant",
            description:
              "Tasks of the last hour of which a flag decided something, by the variant. Nothing: no flag is set, all are on the stable side.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (flag, variant) (increase(weathervane_flag_evaluations_total[1h]))",
                legend: "{{flag}} {{variant}}",
              },
            ],
            width: "quarter",
          },
        ],
      },
      {
        title: "How long it takes",
        panels: [
          {
            meets: ["WV-2"],
            title: "Average time per stage",
            description: "Mean duration of a stage over the last hour, each attempt by itself.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              {
                expr:
                  'sum by (stage) (rate(weathervane_stage_duration_seconds_sum{stage=~"$stage"}[1h])) ' +
                  '/ (sum by (stage) (rate(weathervane_stage_duration_seconds_count{stage=~"$stage"}[1h])) > 0)',
                legend: "{{stage}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["WV-2"],
            title: "Bottleneck stage",
            description:
              "The stage in which tasks spent the largest share of their time in the last hour. Making any other one faster gains less.",
            type: "stat",
            unit: "percent",
            queries: [
              {
                expr:
                  "topk(1, sum by (stage) (rate(weathervane_stage_duration_seconds_sum[1h])) " +
                  "/ on() group_left() (sum(rate(weathervane_stage_duration_seconds_sum[1h])) > 0))",
                legend: "{{stage}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["WV-16"],
            title: "Task latency",
            description:
              "Time from start to end. Target of the average: 7 minutes; it was 15 before the autopilot.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "sum(rate(weathervane_task_duration_seconds_sum[1h])) / (sum(rate(weathervane_task_duration_seconds_count[1h])) > 0)",
                legend: "average",
              },
              {
                expr: "histogram_quantile(0.95, sum by (le) (rate(weathervane_task_duration_seconds_bucket[1h])))",
                legend: "95th percentile",
              },
            ],
            thresholds: [
              { value: 420, color: "yellow" },
              { value: 900, color: "red" },
            ],
            width: "third",
          },
        ],
      },
    ],
  },
});
