import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hubctl } from "../runbook-steps.ts";
import { services } from "../services.ts";

const spenders = {
  do: "See what the project spends it for.",
  query: "topk(5, sum by (project, workflow) (increase(commandcenter_run_cost_usd_total[1d])))",
  good: "the workflows that it always had",
  bad: "a new one, or one with several times its usual cost",
};
const callers = {
  do: "See which agents and models cost most.",
  query: "topk(5, sum by (agent, gen_ai_request_model) (increase(commandcenter_model_cost_usd_total[1d])))",
  good: "the same agents and models as last week, in the same order",
  bad: "an agent on a larger model than before, or one that repeats itself",
};
const slowDown = {
  do: "Let the project use the smaller model, agreed with its owner.",
  command: hubctl("projects set PROJECT --model small"),
  good: "prints the model; the cost a run falls with the next runs",
};
const raise = {
  do: "If it is worth it, its owner raises the budget for this month.",
  command: hubctl("budgets set PROJECT --usd AMOUNT --this-month"),
  good: "prints the new budget, and the alert resolves",
};

/** Alerts of what models cost. */
export const costAlerts = defineAlerts(
  { services, metrics },
  {
    "budget-nearly-spent": {
      meets: ["CC-2", "CC-13"],
      summary: "Project {{ $labels.project }} has spent more than 80 % of its budget",
      description:
        "Project {{ $labels.project }} has spent more than 80 % of what it may in this calendar month; at 100 % its runs are refused.",
      severity: "warning",
      service: "api",
      when: {
        kind: "gauge-ratio",
        part: { metric: "commandcenter_budget_spent_usd" },
        whole: { metric: "commandcenter_budget_usd" },
        by: ["project"],
        is: ">",
        value: "80%",
      },
      runbook: {
        meaning: "Less than a fifth of the month's budget is left.",
        impact: "None yet. At 100 % the project's runs are refused with 429 until the month ends.",
        diagnosis: [
          {
            do: "See how long the rest lasts, in days.",
            query:
              "(max by (project) (commandcenter_budget_usd) - max by (project) (commandcenter_budget_spent_usd)) / (sum by (project) (increase(commandcenter_run_cost_usd_total[1d])) > 0)",
            good: "longer than the month",
            bad: "a day or less",
          },
          spenders,
          callers,
        ],
        mitigation: [slowDown, raise],
        rollback: [
          { do: "Give the project its model back.", command: hubctl("projects set PROJECT --model default") },
        ],
      },
    },
    "budget-will-not-last": {
      meets: ["CC-2"],
      summary: "At today's pace project {{ $labels.project }} will spend more than its budget",
      description:
        "What project {{ $labels.project }} has spent this month, and what it will at the pace of the last day, is more than its budget.",
      severity: "warning",
      service: "api",
      when: {
        kind: "promql",
        expr:
          "max by (project) (commandcenter_budget_spent_usd) " +
          "+ sum by (project) (rate(commandcenter_run_cost_usd_total[1d])) * on() group_left() " +
          "((days_in_month() - day_of_month()) * 86400) " +
          "> 1.1 * max by (project) (commandcenter_budget_usd)",
        examples: [
          {
            // The first of a month with 31 days: 30 days are left.
            title: "a dollar an hour, which is 24 and 720 more, against a budget of 500",
            interval: "30m",
            series: {
              'commandcenter_budget_usd{platform="commandcenter",service="api",project="shop"}': "500x48",
              'commandcenter_budget_spent_usd{platform="commandcenter",service="api",project="shop"}':
                "0+0.5x48",
              'commandcenter_run_cost_usd_total{platform="commandcenter",service="orchestrator",project="shop",workflow="w"}':
                "0+0.5x48",
            },
            expect: [{ at: "23h", firing: [{ project: "shop" }] }],
          },
          {
            title: "the same pace against a budget of 1,000",
            interval: "30m",
            series: {
              'commandcenter_budget_usd{platform="commandcenter",service="api",project="shop"}': "1000x48",
              'commandcenter_budget_spent_usd{platform="commandcenter",service="api",project="shop"}':
                "0+0.5x48",
              'commandcenter_run_cost_usd_total{platform="commandcenter",service="orchestrator",project="shop",workflow="w"}':
                "0+0.5x48",
            },
            expect: [{ at: "23h", firing: [] }],
          },
        ],
      },
      for: "1h",
      because: "a large run is one step, which the pace of a day has taken in an hour later",
      runbook: {
        meaning:
          "The forecast for the end of the month is more than a tenth above the budget. One busy day is enough early in a month.",
        impact: "None yet. If the pace stays, the project's runs are refused before the month ends.",
        diagnosis: [
          {
            do: "See whether yesterday was an exception.",
            query: "sum by (project) (increase(commandcenter_run_cost_usd_total[7d])) / 7",
            good: "far below today's: one busy day, wait",
            bad: "about the same: the budget does not fit the use",
          },
          spenders,
          callers,
        ],
        mitigation: [slowDown, raise],
        rollback: [
          { do: "Give the project its model back.", command: hubctl("projects set PROJECT --model default") },
        ],
      },
    },
    "quota-used-up": {
      meets: ["CC-13"],
      summary: "Project {{ $labels.project }} has used up its runs of today",
      description:
        "All runs that project {{ $labels.project }} may start today are used; new ones are answered with 429 until midnight UTC.",
      severity: "warning",
      service: "api",
      when: {
        kind: "threshold",
        metric: "commandcenter_quota_used_ratio",
        aggregate: "max",
        by: ["project"],
        is: ">=",
        value: 1,
      },
      for: "5m",
      because:
        "who has started just as many as allowed is refused nothing yet; minutes later they go on asking or are done",
      runbook: {
        meaning: "The project started more runs than its quota, by people, schedules or alerts.",
        impact: "Its new runs are refused; running ones and other projects are not affected.",
        diagnosis: [
          {
            do: "See what started them.",
            query: "sum by (trigger) (increase(commandcenter_runs_started_total[1d]))",
            good: "person or api: it is use",
            bad: "alert or schedule: a storm, or a schedule that is too close",
          },
          {
            do: "See which workflows they were.",
            command: hubctl("runs list --project PROJECT --since 1d --count-by workflow,trigger"),
            bad: "one workflow has nearly all",
          },
        ],
        mitigation: [
          {
            do: "If it is a storm, stop the trigger.",
            command: hubctl("triggers disable --workflow WORKFLOW"),
          },
          {
            do: "If it is use, raise the quota for today, agreed with its owner.",
            command: hubctl("quotas set PROJECT --runs 500 --today"),
            good: "prints the quota; the next run starts",
          },
        ],
        rollback: [
          { do: "Start the trigger again.", command: hubctl("triggers enable --workflow WORKFLOW") },
        ],
      },
    },
  },
);
