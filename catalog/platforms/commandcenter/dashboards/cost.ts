import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

const spentToday = "sum(increase(commandcenter_model_cost_usd_total[1d]))";

export const cost = defineDashboards(known, {
  cost: {
    meets: ["CC-2"],
    title: "Cost",
    description:
      "Tokens and dollars by agent, workflow, model and project; what is left of the budgets, and whether they will last.",
    tags: ["commandcenter", "CC-2"],
    variables: { project: { title: "Project", metric: "commandcenter_budget_usd", label: "project" } },
    rows: [
      {
        title: "Budget",
        panels: [
          {
            title: "Spent in the last 24 hours",
            description: "What the model providers charge, all projects.",
            type: "stat",
            unit: "usd",
            queries: [{ expr: spentToday, legend: "spent" }],
            width: "quarter",
          },
          {
            title: "Spent this month",
            description: "Of the selected projects, since the first of the month.",
            type: "stat",
            unit: "usd",
            queries: [
              {
                expr: 'sum(max by (project) (commandcenter_budget_spent_usd{project=~"$project"}))',
                legend: "spent",
              },
            ],
            width: "quarter",
          },
          {
            title: "Forecast for the month",
            description: "What was spent, and what will be at the pace of the last day until the month ends.",
            type: "stat",
            unit: "usd",
            queries: [
              {
                expr:
                  'sum(max by (project) (commandcenter_budget_spent_usd{project=~"$project"})) ' +
                  '+ sum(rate(commandcenter_run_cost_usd_total{project=~"$project"}[1d])) ' +
                  "* ((days_in_month() - day_of_month()) * 86400)",
                legend: "forecast",
              },
            ],
            alerts: ["budget-will-not-last"],
            width: "quarter",
          },
          {
            title: "Budget of the month",
            description: "What the selected projects may spend together.",
            type: "stat",
            unit: "usd",
            queries: [
              {
                expr: 'sum(max by (project) (commandcenter_budget_usd{project=~"$project"}))',
                legend: "budget",
              },
            ],
            width: "quarter",
          },
          {
            meets: ["CC-13"],
            title: "Budget used by project",
            description:
              "Share of the month's budget. At 80 % the team is told, at 100 % the project's runs are refused.",
            type: "bar-gauge",
            unit: "percent",
            queries: [
              {
                expr:
                  'max by (project) (commandcenter_budget_spent_usd{project=~"$project"}) ' +
                  '/ (max by (project) (commandcenter_budget_usd{project=~"$project"}) > 0)',
                legend: "{{project}}",
              },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["budget-nearly-spent"],
            width: "third",
          },
          {
            title: "Forecast by project",
            description:
              "Share of the budget that will be spent by the end of the month at the pace of the last day. Above 110 % the team is told.",
            type: "bar-gauge",
            unit: "percent",
            queries: [
              {
                expr:
                  '(max by (project) (commandcenter_budget_spent_usd{project=~"$project"}) ' +
                  '+ sum by (project) (rate(commandcenter_run_cost_usd_total{project=~"$project"}[1d])) * on() group_left() ' +
                  "((days_in_month() - day_of_month()) * 86400)) " +
                  '/ (max by (project) (commandcenter_budget_usd{project=~"$project"}) > 0)',
                legend: "{{project}}",
              },
            ],
            thresholds: [
              { value: 1, color: "yellow" },
              { value: 1.1, color: "red" },
            ],
            alerts: ["budget-will-not-last"],
            width: "third",
          },
          {
            meets: ["CC-13"],
            title: "Daily quota of runs",
            description:
              "Share of the runs that a project may start today. At 100 % new ones are answered with 429.",
            type: "bar-gauge",
            unit: "percent",
            queries: [
              {
                expr: 'max by (project) (commandcenter_quota_used_ratio{project=~"$project"})',
                legend: "{{project}}",
              },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["quota-used-up"],
            width: "third",
          },
        ],
      },
      {
        title: "Dollars",
        panels: [
          {
            title: "Per day by agent",
            description: "What the calls of each agent cost in the 24 hours before.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: "sum by (agent) (increase(commandcenter_model_cost_usd_total[1d]))",
                legend: "{{agent}}",
              },
            ],
            width: "third",
          },
          {
            title: "Per day by model",
            description:
              "The same by model. A dearer model after a change of configuration shows here first.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: "sum by (gen_ai_provider_name, gen_ai_request_model) (increase(commandcenter_model_cost_usd_total[1d]))",
                legend: "{{gen_ai_provider_name}} {{gen_ai_request_model}}",
              },
            ],
            width: "third",
          },
          {
            title: "Per day by project",
            description: "The same by project.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: 'sum by (project) (increase(commandcenter_run_cost_usd_total{project=~"$project"}[1d]))',
                legend: "{{project}}",
              },
            ],
            width: "third",
          },
          {
            title: "Dearest workflows",
            description: "The ten workflows that cost most in the last day.",
            type: "table",
            unit: "usd",
            queries: [
              {
                expr: 'topk(10, sum by (project, workflow) (increase(commandcenter_run_cost_usd_total{project=~"$project"}[1d])))',
              },
            ],
            width: "half",
          },
          {
            title: "Cost of a run",
            description:
              "Mean of the runs of the last day. It rises when prompts grow, steps repeat, or a dearer model is used.",
            type: "timeseries",
            unit: "usd",
            queries: [
              {
                expr: "sum(increase(commandcenter_run_cost_usd_total[1d])) / (sum(increase(commandcenter_runs_finished_total[1d])) > 0)",
                legend: "mean",
              },
            ],
            width: "half",
          },
        ],
      },
      {
        title: "Tokens",
        panels: [
          {
            title: "Tokens per hour, input and output",
            description: "Of all calls of models in the hour before.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              {
                expr: "sum by (gen_ai_token_type) (increase(gen_ai_client_token_usage_sum[1h]))",
                legend: "{{gen_ai_token_type}}",
              },
            ],
            width: "third",
          },
          {
            title: "Tokens per hour by agent",
            description: "Input and output together.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              { expr: "sum by (agent) (increase(gen_ai_client_token_usage_sum[1h]))", legend: "{{agent}}" },
            ],
            width: "third",
          },
          {
            title: "Tokens of a call",
            description: "95th percentile of the input of a call, by agent. What grows here is a prompt.",
            type: "timeseries",
            unit: "tokens",
            queries: [
              {
                expr: 'histogram_quantile(0.95, sum by (agent, le) (rate(gen_ai_client_token_usage_bucket{gen_ai_token_type="input"}[1h])))',
                legend: "{{agent}}",
              },
            ],
            width: "third",
          },
          {
            title: "Failed calls of models",
            description: "Share of the calls that failed. They cost time, and often tokens, for nothing.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[15m])) ' +
                  "/ (sum by (gen_ai_provider_name) (rate(gen_ai_client_operation_duration_seconds_count[15m])) > 0)",
                legend: "{{gen_ai_provider_name}}",
              },
            ],
            thresholds: [{ value: 0.05, color: "red" }],
            width: "half",
          },
          {
            title: "Duration of calls of models",
            description: "95th percentile by model.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: "histogram_quantile(0.95, sum by (gen_ai_request_model, le) (rate(gen_ai_client_operation_duration_seconds_bucket[15m])))",
                legend: "{{gen_ai_request_model}}",
              },
            ],
            width: "half",
          },
        ],
      },
    ],
  },
});
