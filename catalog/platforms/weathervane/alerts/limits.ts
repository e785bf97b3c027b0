import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { autopilotctl, logs, releasesOf, resumeStarts, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

const largestTokenUsers = {
  do: "Find the tasks that use the most.",
  query: "topk(5, sum by (task) (weathervane_running_task_tokens))",
  good: "all below 3000, the target",
  bad: "one near 10000: it will be stopped at its limit",
};

/** Alerts of the limits of tokens and evidence (WV-14). */
export const limitAlerts = defineAlerts(
  { services, metrics },
  {
    "hourly-tokens-near-limit": {
      meets: ["WV-7", "WV-14"],
      summary: "More than 80 % of the hour's tokens are used",
      description: "All tasks together have used more than 80 % of the 100,000 tokens that an hour allows.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "gauge-ratio",
        part: { metric: "weathervane_token_budget_used_tokens" },
        whole: { metric: "weathervane_token_budget_limit_tokens" },
        is: ">",
        value: "80%",
      },
      runbook: {
        meaning: "The rolling hour has less than 20,000 tokens left: about six tasks of the target's 3,000.",
        impact: "At the limit no new task starts until earlier use is an hour old; running tasks finish.",
        diagnosis: [
          {
            do: "See which stage and provider use the most.",
            query: "sum by (stage, gen_ai_provider_name) (increase(gen_ai_client_token_usage_sum[1h]))",
            good: "implement leads, as usual",
            bad: "another stage leads: its prompts grew, or it repeats",
          },
          largestTokenUsers,
          {
            do: "See whether there are simply more tasks.",
            query: "sum(increase(weathervane_tasks_started_total[1h]))",
            good: "above 33: at 3,000 tokens each that is the limit, it is load",
            bad: "fewer: tasks use more than they should",
          },
        ],
        mitigation: [
          {
            do: "Run only spec, implement and verify, which takes fewer tokens a task.",
            command: autopilotctl("mode set minimal"),
          },
          { do: "If one task uses it up in a loop, stop it.", command: autopilotctl("tasks cancel TASK") },
        ],
        rollback: [resumeStarts],
      },
    },
    "task-tokens-near-limit": {
      meets: ["WV-7", "WV-14"],
      summary: "Task {{ $labels.task }} has used more than 8,000 of 10,000 tokens",
      description:
        "Task {{ $labels.task }} has used more than 80 % of what a task may use; at 10,000 tokens it is stopped.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_running_task_tokens",
        aggregate: "max",
        by: ["task"],
        is: ">",
        // 80 % of the 10,000 tokens of WV-14.
        value: 8000,
      },
      runbook: {
        meaning: "A single task uses nearly three times the target of 3,000 tokens.",
        impact: "At 10,000 tokens the task is stopped and fails. Other tasks are not affected.",
        diagnosis: [
          largestTokenUsers,
          {
            do: "See in which stage it is, and how often it tried.",
            command: autopilotctl("tasks show TASK --attempts"),
            good: "first attempt, late stage: it may just make it",
            bad: "several attempts: it is in a loop",
          },
        ],
        mitigation: [
          {
            do: "If its work is nearly done and worth it, allow it more, once.",
            command: autopilotctl("tasks limit TASK --tokens 15000"),
          },
          {
            do: "Otherwise stop it and split it into smaller tasks.",
            command: autopilotctl("tasks cancel TASK"),
          },
        ],
      },
    },
    "task-limit-hit": {
      meets: ["WV-14"],
      summary: "A task was stopped at its limit of {{ $labels.limit }}",
      description:
        "A task reached 10,000 tokens or 100 MB of evidence ({{ $labels.limit }}) and was stopped.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "increase",
        metric: "weathervane_task_limit_hits_total",
        window: "15m",
        by: ["limit"],
        is: ">",
        value: 0,
      },
      runbook: {
        meaning: "The task was too large, or ran in a way that wastes tokens or disk.",
        impact: "That task has failed; its requester must split it or ask for a higher limit.",
        diagnosis: [
          {
            do: "Find the task.",
            command: logs(
              "autopilot",
              'select(.event == "task-completed" and .outcome == "failure" and .reason == "limit") | {task_id, tokens, evidence_bytes}',
            ),
            bad: "one task far above the limit: it repeats itself",
          },
          {
            do: "See whether it stays a single case.",
            query: "sum by (limit) (increase(weathervane_task_limit_hits_total[1d]))",
            good: "one or two a day",
            bad: "more: tasks as a whole have grown, compare with the last release",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          { do: "Tell the requester to split the task." },
          { do: "If many tasks hit the limit since a release, roll it back as shown below." },
        ],
        rollback: [rollBack("autopilot")],
      },
    },
  },
);
