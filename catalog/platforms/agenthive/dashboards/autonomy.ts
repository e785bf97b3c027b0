import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

const finished = (where: string, window: string) =>
  `sum(increase(agenthive_tasks_finished_total{${where}}[${window}]))`;
const debt = "sum(agenthive_technical_debt_seconds)";

export const autonomy = defineDashboards(known, {
  autonomy: {
    meets: ["AH-14", "AH-16"],
    title: "Autonomy",
    description:
      "Velocity, the trend of technical debt, and how much the hive decides by itself and rightly.",
    tags: ["agenthive", "AH-14"],
    variables: {
      agent_type: { title: "Agent type", metric: "agenthive_task_duration_seconds", label: "agent_type" },
    },
    rows: [
      {
        title: "Velocity",
        panels: [
          {
            meets: ["AH-14"],
            title: "Velocity",
            description:
              "Tasks completed a day, over the last day and on average over the last week: above the average it gets faster.",
            type: "timeseries",
            unit: "per-day",
            queries: [
              { expr: finished('outcome="success"', "1d"), legend: "last day" },
              { expr: `${finished('outcome="success"', "1w")} / 7`, legend: "average of the week" },
            ],
            width: "two-thirds",
          },
          {
            title: "Tasks that succeed",
            description: "Share of the last day's tasks, cancelled ones left out.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                expr: `${finished('outcome="success"', "1d")} / (${finished('outcome!="cancelled"', "1d")} > 0)`,
                legend: "succeeded",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.9, color: "yellow" },
              { value: 0.95, color: "green" },
            ],
            width: "third",
          },
          {
            title: "Failures by reason",
            description: "Tasks of the last day that failed. rate-limit must never appear.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'sum by (reason) (increase(agenthive_tasks_finished_total{outcome="failure"}[1d])) > 0',
                legend: "{{reason}}",
              },
            ],
            width: "half",
          },
          {
            title: "Time of a task",
            description: "Median and 95th percentile, from start to end, over six hours.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'histogram_quantile(0.5, sum by (le) (rate(agenthive_task_duration_seconds_bucket{agent_type=~"$agent_type"}[6h])))',
                legend: "median",
              },
              {
                expr: 'histogram_quantile(0.95, sum by (le) (rate(agenthive_task_duration_seconds_bucket{agent_type=~"$agent_type"}[6h])))',
                legend: "95th percentile",
              },
            ],
            width: "half",
          },
        ],
      },
      {
        title: "Technical debt",
        panels: [
          {
            meets: ["AH-14"],
            title: "Technical debt",
            description: "Estimated working time to mend what static analysis finds, by category.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              { expr: "sum by (category) (agenthive_technical_debt_seconds)", legend: "{{category}}" },
            ],
          },
          {
            meets: ["AH-14"],
            title: "Trend of a week",
            description:
              "Debt as a share of a week ago, less 1. Below 0 it shrinks; above 20 % the team is told.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: `${debt} / (sum(agenthive_technical_debt_seconds offset 1w) > 0) - 1`,
                legend: "growth",
              },
            ],
            thresholds: [
              { value: 0.1, color: "yellow" },
              { value: 0.2, color: "red" },
            ],
            alerts: ["technical-debt-growing"],
          },
          {
            meets: ["AH-14"],
            title: "Debt added per completed task",
            description:
              "Growth of a week, shared among the tasks completed in it. Below 0 the hive leaves code better than it found it.",
            type: "stat",
            unit: "seconds",
            queries: [
              {
                expr: `(${debt} - sum(agenthive_technical_debt_seconds offset 1w)) / (${finished('outcome="success"', "1w")} > 0)`,
                legend: "per task",
              },
            ],
          },
        ],
      },
      {
        title: "Autonomy",
        panels: [
          {
            meets: ["AH-14"],
            title: "Autonomy score",
            description:
              "Share of the last day's decisions, weighted by risk, that an agent made and nobody took back. Below 70 % the team is told.",
            type: "gauge",
            unit: "percent",
            queries: [{ expr: "max(agenthive_autonomy_score_ratio)", legend: "score" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.7, color: "yellow" },
              { value: 0.9, color: "green" },
            ],
            alerts: ["autonomy-score-low"],
            width: "quarter",
          },
          {
            meets: ["AH-14"],
            title: "Autonomy score over time",
            description:
              "It should rise slowly. A sudden fall: a rule is missing, or a release decides badly.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: "max(agenthive_autonomy_score_ratio)", legend: "score" }],
            width: "half",
          },
          {
            meets: ["AH-14"],
            title: "Decisions",
            description: "Of the last day, by who made them and whether they were taken back.",
            type: "pie",
            unit: "count",
            queries: [
              {
                expr: "sum by (maker, outcome) (increase(agenthive_decisions_total[1d]))",
                legend: "{{maker}} {{outcome}}",
              },
            ],
            width: "quarter",
          },
        ],
      },
      {
        title: "Its own code, and cost",
        panels: [
          {
            meets: ["AH-16"],
            title: "Changes to its own code",
            description:
              "Of the last week: applied, rejected by validation, or rolled back after they were applied. The last should be rare.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: "sum by (outcome) (increase(agenthive_self_modifications_total[1w]))",
                legend: "{{outcome}}",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["AH-16"],
            title: "Test coverage",
            description:
              "Above 90 % in all, above 95 % in critical parts; a release with less does not pass its gate.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: "max by (scope) (agenthive_code_coverage_ratio)", legend: "{{scope}}" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.9, color: "green" },
            ],
            width: "quarter",
          },
          {
            meets: ["AH-5"],
            title: "Day's cost, now and at midnight UTC",
            description:
              "In US dollars: used, where the last hour's pace leads, and the budget. At the budget calls of models wait.",
            type: "timeseries",
            unit: "usd",
            queries: [
              { expr: "max(agenthive_cost_budget_used_usd)", legend: "used" },
              {
                expr: "predict_linear(max(agenthive_cost_budget_used_usd)[1h:1m], 86400 - time() % 86400)",
                legend: "at midnight",
              },
              { expr: "max(agenthive_cost_budget_limit_usd)", legend: "budget" },
            ],
            alerts: ["cost-budget-exhaustion-predicted"],
            width: "quarter",
          },
          {
            title: "Tokens per completed task",
            description:
              "Input and output, over a day. A rise without harder tasks: prompts grew, or tasks repeat.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              {
                expr: `sum(increase(gen_ai_client_token_usage_sum[1d])) / (${finished('outcome="success"', "1d")} > 0)`,
                legend: "tokens",
              },
            ],
            width: "quarter",
          },
        ],
      },
    ],
  },
});
