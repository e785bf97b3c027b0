import { defineDashboards } from "fairlead";
import { known, redThenGreen } from "./known.ts";

export const coordination = defineDashboards(known, {
  coordination: {
    meets: ["NX-2", "NX-4", "NX-5"],
    title: "Coordination",
    description:
      "Whether tasks get done and how fast, how full the queue is, and how agents are matched, spread and reconciled.",
    tags: ["nexus", "NX-2", "NX-5"],
    variables: { pod: { title: "Pod", metric: "nexus_agents_registered", label: "pod" } },
    rows: [
      {
        title: "Do tasks get done",
        panels: [
          {
            meets: ["NX-2"],
            title: "Tasks completed",
            description:
              "Share of the tasks of the last hour that were completed, cancelled ones left out. At least 95 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(rate(nexus_tasks_total{outcome="completed"}[1h])) ' +
                  '/ (sum(rate(nexus_tasks_total{outcome!="cancelled"}[1h])) > 0)',
                legend: "completed",
              },
            ],
            thresholds: redThenGreen(0.95),
            slos: ["task-completion"],
            width: "half",
          },
          {
            meets: ["NX-2"],
            title: "How tasks end",
            description: "Tasks a second by outcome. rejected: the queue was full.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              { expr: "sum by (outcome) (rate(nexus_tasks_total[$__rate_interval]))", legend: "{{outcome}}" },
            ],
            slos: ["task-completion"],
            width: "half",
          },
        ],
      },
      {
        title: "How fast",
        panels: [
          {
            meets: ["NX-2"],
            title: "End-to-end response, 95th percentile",
            description:
              "Time from a task's arrival to its answer, by priority. Below 2 s; 1.5 s was reached elsewhere.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (priority, le) (rate(nexus_task_duration_seconds_bucket[5m])))",
                legend: "{{priority}}",
              },
            ],
            thresholds: [
              { value: 1.5, color: "yellow" },
              { value: 2, color: "red" },
            ],
            slos: ["end-to-end-response"],
            width: "third",
          },
          {
            meets: ["NX-2", "NX-5"],
            title: "Coordination cycle, 95th percentile",
            description: "Time to match, schedule, balance and resolve conflicts, by pod. Below a second.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.95, sum by (pod, le) (rate(nexus_coordination_cycle_duration_seconds_bucket{pod=~"$pod"}[5m])))',
                legend: "{{pod}}",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            slos: ["coordination-cycle"],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "Waiting in the queue, 95th percentile",
            description:
              "By priority. Urgent tasks wait least; when they wait as long as low ones, scheduling is broken.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (priority, le) (rate(nexus_task_wait_seconds_bucket[5m])))",
                legend: "{{priority}}",
              },
            ],
            thresholds: [{ value: 1, color: "yellow" }],
            slos: ["end-to-end-response"],
            width: "third",
          },
        ],
      },
      {
        title: "How full",
        panels: [
          {
            meets: ["NX-4"],
            title: "Queue",
            description:
              "Share of the queue's 1,000 places that are taken. At 80 % the team is told; at 100 % tasks are refused.",
            type: "gauge",
            unit: "percent",
            queries: [
              { expr: "sum(nexus_queue_tasks) / (sum(nexus_queue_limit_tasks) > 0)", legend: "taken" },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["queue-nearly-full", "queue-full"],
            width: "third",
          },
          {
            meets: ["NX-4", "NX-5"],
            title: "Waiting tasks by priority",
            description: "Tasks in the shared queue; all replicas see the same ones.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: "max by (priority) (nexus_queue_tasks)", legend: "{{priority}}" }],
            width: "third",
          },
          {
            meets: ["NX-4"],
            title: "Agents by coordinator",
            description:
              "Agents that are registered at each replica. It is made for 100; alike on all when balanced.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: 'sum by (pod) (nexus_agents_registered{pod=~"$pod"})', legend: "{{pod}}" }],
            thresholds: [
              { value: 90, color: "yellow" },
              { value: 100, color: "red" },
            ],
            alerts: ["agents-near-limit", "agents-full-soon"],
            width: "third",
          },
        ],
      },
      {
        title: "Agents and their conflicts",
        panels: [
          {
            meets: ["NX-5"],
            title: "Agents by type",
            description: "Registered agents of each of the eight types. 0: tasks for that type find nobody.",
            type: "bar-gauge",
            unit: "count",
            queries: [{ expr: "sum by (agent_type) (nexus_agents_registered)", legend: "{{agent_type}}" }],
            thresholds: redThenGreen(1),
            alerts: ["agent-type-missing"],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "Comings and goings",
            description:
              "Of agents in the last hour. expired: lost without a heartbeat for 30 s. refused: turned away.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              { expr: "sum by (event) (increase(nexus_agent_registrations_total[1h]))", legend: "{{event}}" },
            ],
            alerts: ["agents-refused"],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "Searches that find nobody",
            description:
              "Share of the searches for a capable, free agent that found none, by type. Above 10 % the team is told.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'sum by (agent_type) (rate(nexus_capability_matches_total{outcome="unmatched"}[15m])) / (sum by (agent_type) (rate(nexus_capability_matches_total[15m])) > 0)',
                legend: "{{agent_type}}",
              },
            ],
            thresholds: [{ value: 0.1, color: "red" }],
            alerts: ["tasks-without-agent"],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "Assignments by type of agent",
            description: "Tasks a second that are given to agents of each type.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: "sum by (agent_type) (rate(nexus_agent_assignments_total[$__rate_interval]))",
                legend: "{{agent_type}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "How busy agents are",
            description:
              "Share of the agents that work, by type and pod. At 1 for long: too few. Pods apart: not balanced.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'max by (agent_type, pod) (nexus_agent_busy_ratio{pod=~"$pod"})',
                legend: "{{agent_type}} {{pod}}",
              },
            ],
            thresholds: [{ value: 0.9, color: "yellow" }],
            width: "third",
          },
          {
            meets: ["NX-5"],
            title: "Conflicts by strategy",
            description:
              "Conflicts between agents in the last hour, by the strategy that was tried and whether it helped.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (strategy, outcome) (increase(nexus_conflicts_total[1h]))",
                legend: "{{strategy}} {{outcome}}",
              },
            ],
            alerts: ["conflicts-unresolved"],
            width: "third",
          },
        ],
      },
    ],
  },
});
