import { defineDashboards } from "fairlead";
import { known } from "./known.ts";
import { checkpoints, intervention } from "./safety-net.ts";

const missed = (milestone: `milestone${string}`, window: string) =>
  `sum by (milestone) (increase(agenthive_session_milestones_total{${milestone},outcome="missed"}[${window}])) ` +
  `/ (sum by (milestone) (increase(agenthive_session_milestones_total{${milestone}}[${window}])) > 0)`;

export const sessionDashboard = defineDashboards(known, {
  session: {
    meets: ["AH-1", "AH-3", "AH-4", "AH-6"],
    title: "Sessions",
    description:
      "How long sessions last, how tired they get, what they can go back to, and whether the hive has intervened.",
    tags: ["agenthive", "AH-1", "AH-4"],
    variables: { session: { title: "Session", metric: "agenthive_session_age_seconds", label: "session" } },
    rows: [
      {
        title: "Now",
        panels: [
          {
            meets: ["AH-1", "AH-4"],
            title: "Running sessions",
            description: "By mode. None at all while work waits: the session manager or an emergency level.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: "sum by (mode) (agenthive_sessions_active)", legend: "{{mode}}" }],
            alerts: ["session-manager-down"],
          },
          {
            meets: ["AH-1", "AH-4"],
            title: "Age",
            description:
              "How long each session has run. From 16 hours on it must be in conservative mode; at 24 hours it ends.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              {
                expr: 'max by (session) (agenthive_session_age_seconds{session=~"$session"})',
                legend: "{{session}}",
              },
            ],
            thresholds: [
              { value: 57_600, color: "yellow" },
              { value: 86_400, color: "red" },
            ],
            alerts: ["session-beyond-24-hours"],
          },
          {
            meets: ["AH-4"],
            title: "Older than 16 hours and not conservative",
            description: "Sessions that should work in conservative mode and do not. Must be 0.",
            type: "stat",
            unit: "count",
            queries: [
              {
                expr:
                  "count(max by (session) (agenthive_session_age_seconds) > 57600 " +
                  "unless on (session) max by (session) (agenthive_session_conservative) == 1) " +
                  "or 0 * sum(agenthive_sessions_active)",
                legend: "sessions",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["conservative-mode-missing"],
          },
          {
            meets: ["AH-4"],
            title: "Fatigue",
            description:
              "The worst signal of each session. Above 0.8 the team is told; above 0.9 conservative mode begins early.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'max by (session, signal) (agenthive_session_fatigue_ratio{session=~"$session"})',
                legend: "{{session}} {{signal}}",
              },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 0.9, color: "red" },
            ],
            alerts: ["session-fatigued"],
            width: "half",
          },
          {
            meets: ["AH-5"],
            title: "Predicted probability of failure",
            description:
              "That a session fails within 30 minutes. Above 70 % the team is told: take a checkpoint.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'max by (session) (agenthive_session_failure_probability_ratio{session=~"$session"})',
                legend: "{{session}}",
              },
            ],
            thresholds: [{ value: 0.7, color: "red" }],
            alerts: ["session-failure-predicted"],
            width: "half",
          },
        ],
      },
      {
        title: "How long they last",
        panels: [
          {
            meets: ["AH-1"],
            title: "Failed before 4, 8, 16 and 24 hours",
            description:
              "Share of the last week's sessions that did not reach a length they were planned for. A step is reached below 1 %.",
            type: "bar-gauge",
            unit: "percent",
            queries: [{ expr: missed('milestone!=""', "1w"), legend: "{{milestone}}" }],
            thresholds: [{ value: 0.01, color: "red" }],
            alerts: ["session-milestone-missed"],
          },
          {
            meets: ["AH-1"],
            title: "Failed before 24 hours, day by day",
            description:
              "Share of the sessions that were to run for 24 hours and failed before, over a day. Below 1 %.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: missed('milestone="24h"', "1d"), legend: "{{milestone}}" }],
            thresholds: [{ value: 0.01, color: "red" }],
            slos: ["sessions-of-24-hours"],
          },
          {
            title: "Failures by reason",
            description:
              "Sessions of the last day that ended because of a fault. More than two within 30 minutes wake somebody.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (reason) (increase(agenthive_session_failures_total[1d]))",
                legend: "{{reason}}",
              },
            ],
            thresholds: [{ value: 1, color: "yellow" }],
            alerts: ["several-sessions-failed"],
          },
          {
            meets: ["AH-5"],
            title: "Failures that were predicted",
            description:
              "Share of the last week's failures that had been predicted. Near 100 % with few failures is good.",
            type: "stat",
            unit: "percent",
            queries: [
              {
                expr: 'sum(increase(agenthive_session_failures_total{predicted="true"}[1w])) / (sum(increase(agenthive_session_failures_total[1w])) > 0)',
                legend: "predicted",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["AH-1"],
            title: "Session tests",
            description:
              "Share of the last week's endurance, stress, recovery, efficiency and cognitive tests that passed. All must.",
            type: "bar-gauge",
            unit: "percent",
            queries: [
              {
                expr: 'sum by (type) (increase(agenthive_session_tests_total{outcome="passed"}[1w])) / (sum by (type) (increase(agenthive_session_tests_total[1w])) > 0)',
                legend: "{{type}}",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 1, color: "green" },
            ],
            width: "half",
          },
          {
            title: "Error budgets left",
            description:
              "What is left of each objective's 30-day budget. Below 0 it is missed: stop risky changes.",
            type: "stat",
            unit: "percent",
            queries: [{ expr: "slo:period_error_budget_remaining:ratio", legend: "{{slo}}" }],
            thresholds: [
              { value: -100, color: "red" },
              { value: 0, color: "yellow" },
              { value: 0.25, color: "green" },
            ],
            width: "quarter",
          },
        ],
      },
      checkpoints,
      intervention,
    ],
  },
});
