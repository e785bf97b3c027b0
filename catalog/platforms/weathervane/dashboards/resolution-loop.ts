import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

export const resolutionLoop = defineDashboards(known, {
  "resolution-loop": {
    meets: ["WV-4"],
    title: "Resolution loop",
    description:
      "How well failures mend themselves, what was left to the incident reporter, and whether failures stay where they are.",
    tags: ["weathervane", "WV-4"],
    variables: { stage: { title: "Stage", metric: "weathervane_resolution_loops_active", label: "stage" } },
    rows: [
      {
        title: "Loops",
        panels: [
          {
            meets: ["WV-4"],
            title: "Active loops",
            description: "Failures that the autopilot is trying to mend right now, by stage.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (stage) (weathervane_resolution_loops_active{stage=~"$stage"})',
                legend: "{{stage}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["WV-4"],
            title: "Closed within 3 attempts",
            description:
              "Share of the loops of the last day that mended their failure within three attempts. Target above 95 %.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                // Prometheus 3 writes le="3.0" where the exposition format has le="3".
                expr:
                  'sum(increase(weathervane_resolution_loop_attempts_bucket{le=~"3|3[.]0",outcome="resolved",stage=~"$stage"}[1d])) ' +
                  '/ (sum(increase(weathervane_resolution_loop_attempts_count{stage=~"$stage"}[1d])) > 0)',
                legend: "closed",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.95, color: "green" },
            ],
            width: "third",
          },
          {
            meets: ["WV-4"],
            title: "Average attempts",
            description:
              "Mean number of attempts of the loops that closed in the last day. Near 1 is good; above 3 most are handed over.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_resolution_loop_attempts_sum{stage=~"$stage"}[1d])) ' +
                  '/ (sum(increase(weathervane_resolution_loop_attempts_count{stage=~"$stage"}[1d])) > 0)',
                legend: "attempts",
              },
            ],
            thresholds: [
              { value: 2, color: "yellow" },
              { value: 3, color: "red" },
            ],
            width: "third",
          },
          {
            title: "Most attempts of an open loop",
            description: "From the third attempt on the team is told; above 5 somebody is woken.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'max by (stage) (weathervane_resolution_attempts{stage=~"$stage"})',
                legend: "{{stage}}",
              },
            ],
            thresholds: [
              { value: 3, color: "yellow" },
              { value: 6, color: "red" },
            ],
            alerts: ["resolution-attempts-exceeded", "resolution-attempt-three"],
            width: "half",
          },
          {
            meets: ["WV-4", "WV-20"],
            title: "Infinite loops",
            description: "Tasks that ran in circles and were stopped, in the last 30 days. Must be 0.",
            type: "stat",
            unit: "count",
            queries: [
              { expr: "sum(increase(weathervane_infinite_loops_total[30d]))", legend: "infinite loops" },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["infinite-loop-detected"],
            width: "quarter",
          },
          {
            meets: ["WV-4"],
            title: "Incident reporter calls",
            description: "Calls of the last day, by what led to them.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (reason) (increase(weathervane_incident_reports_total[1d]))",
                legend: "{{reason}}",
              },
            ],
            width: "quarter",
          },
        ],
      },
      {
        title: "Success measures",
        panels: [
          {
            meets: ["WV-20"],
            title: "Failures that healed themselves",
            description: "Share of the failures of the last day that the loop mended by itself. Above 80 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_failures_handled_total{resolution="self-healed"}[1d])) ' +
                  "/ (sum(increase(weathervane_failures_handled_total[1d])) > 0)",
                legend: "self-healed",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.8, color: "green" },
            ],
            slos: ["self-healed-failures"],
            width: "third",
          },
          {
            meets: ["WV-20"],
            title: "Tasks with the incident reporter",
            description:
              "Share of the ended tasks of the last day in which the incident reporter was called. Below 1 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_tasks_finished_total{incident="true"}[1d])) ' +
                  "/ (sum(increase(weathervane_tasks_finished_total[1d])) > 0)",
                legend: "with the incident reporter",
              },
            ],
            thresholds: [{ value: 0.01, color: "red" }],
            slos: ["incident-free-tasks"],
            width: "third",
          },
          {
            meets: ["WV-20"],
            title: "Error budgets left",
            description:
              "What is left of each objective's 30-day budget. Below 0 the objective is missed: stop risky changes.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: "slo:period_error_budget_remaining:ratio", legend: "{{slo}}" }],
            thresholds: [
              { value: -100, color: "red" },
              { value: 0, color: "yellow" },
              { value: 0.25, color: "green" },
            ],
            width: "third",
          },
        ],
      },
      {
        title: "Containment",
        panels: [
          {
            title: "Open breakers",
            description: "1 while a breaker is open. All 0 is good; each one that opens is a page.",
            type: "timeseries",
            unit: "on-off",
            queries: [{ expr: "max by (breaker) (weathervane_breaker_open)", legend: "{{breaker}}" }],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["breaker-tripped"],
            width: "half",
          },
          {
            title: "Breaker trips",
            description: "How often each breaker opened in the last day.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (breaker) (increase(weathervane_breaker_trips_total[1d]))",
                legend: "{{breaker}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["WV-20"],
            title: "Cascading failures",
            description: "Failures that spread from one breaker to another, in the last 30 days. Must be 0.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr: "sum(increase(weathervane_cascading_failures_total[30d]))",
                legend: "cascading failures",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["cascading-failure"],
            width: "half",
          },
          {
            meets: ["WV-20"],
            title: "Operations that were logged",
            description:
              "Share of the operations of the last day whose log record was confirmed. Must be 100 %.",
            type: "stat",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_operations_total{logged="true"}[1d])) ' +
                  "/ (sum(increase(weathervane_operations_total[1d])) > 0)",
                legend: "logged",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            alerts: ["operation-not-logged"],
            width: "half",
          },
        ],
      },
    ],
  },
});
