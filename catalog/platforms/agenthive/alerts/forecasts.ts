import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, modelErrors, openBreakers, pauseSession, resumeSession } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of budget, volumes and queue that are going to run out, while there is still time (AH-5). */
export const forecastAlerts = defineAlerts(
  { services, metrics },
  {
    "cost-budget-exhaustion-predicted": {
      meets: ["AH-5"],
      summary: "At this pace the day's cost budget is used up before midnight UTC",
      description:
        "The pace of the last hour leads beyond the day's budget before midnight UTC; calls of models would then wait.",
      severity: "warning",
      service: "model-gateway",
      when: {
        kind: "promql",
        expr:
          "max(predict_linear(agenthive_cost_budget_used_usd[1h], 86400 - time() % 86400)) " +
          "> max(agenthive_cost_budget_limit_usd)",
        examples: [
          {
            title: "12 dollars an hour are 288 a day and too much for 200; after ten hours it stops",
            interval: "5m",
            series: {
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway"}':
                "0+1x120 120x60",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway"}': "200x180",
            },
            expect: [
              { at: "10m", firing: [] },
              { at: "3h", firing: [{}] },
              { at: "12h", firing: [] },
            ],
          },
          {
            title: "7 dollars an hour are 168 a day and enough",
            interval: "5m",
            series: {
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway"}': "0+0.5833x180",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway"}': "200x180",
            },
            expect: [
              { at: "3h", firing: [] },
              { at: "14h", firing: [] },
            ],
          },
        ],
      },
      for: "15m",
      runbook: {
        meaning:
          "A straight line through the last hour's cost crosses the budget before midnight UTC, when it begins anew.",
        impact: "None yet. At the limit all calls of models wait for midnight, and sessions stand still.",
        diagnosis: [
          {
            do: "See how much is left.",
            query: "max(agenthive_cost_budget_used_usd) / max(agenthive_cost_budget_limit_usd)",
            good: "below 0.5 in the afternoon (UTC)",
            bad: "above 0.8: act now",
          },
          {
            do: "See which model uses the tokens.",
            query:
              "sum by (gen_ai_request_model, gen_ai_token_type) (increase(gen_ai_client_token_usage_sum[1h]))",
            bad: "a dear model where a cheap one is meant: calls fall back to it",
          },
          {
            do: "See which session leads.",
            command: hivectl("sessions list --sort cost --top 5"),
            bad: "one has more than half: it repeats itself",
          },
          modelErrors,
        ],
        mitigation: [
          { ...pauseSession, do: "If one session leads, pause it: a checkpoint is taken first." },
          {
            do: "Send tasks of priority low to the cheap model until midnight.",
            command: hivectl("models prefer cheap --priority low --until midnight"),
          },
        ],
        rollback: [
          resumeSession,
          { do: "Take the preference back.", command: hivectl("models prefer default") },
        ],
      },
    },
    "volume-full-predicted": {
      meets: ["AH-5", "AH-2"],
      summary: "{{ $labels.system_filesystem_mountpoint }} will be full within a day",
      description:
        "At the pace of the last six hours {{ $labels.system_filesystem_mountpoint }} is full within 24 hours.",
      severity: "warning",
      service: "resource-guardian",
      when: {
        kind: "promql",
        // Above half of it free there is time to look again tomorrow.
        expr:
          'min by (system_filesystem_mountpoint) (predict_linear(system_filesystem_usage_bytes{system_filesystem_state="free"}[6h], 86400)) < 0 ' +
          'and sum by (system_filesystem_mountpoint) (system_filesystem_usage_bytes{system_filesystem_state="free"}) ' +
          "/ (sum by (system_filesystem_mountpoint) (system_filesystem_limit_bytes) > 0) < 0.5",
        examples: [
          {
            title: "one volume loses 240 MB an hour, the other 24; later the first one is cleaned up",
            interval: "5m",
            series: {
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "3.9e9-2e7x72 3e9x100",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/workspaces"}':
                "8e9x172",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/checkpoints",system_filesystem_state="free"}':
                "1.9e9-2e6x172",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/checkpoints"}':
                "4e9x172",
            },
            expect: [
              { at: "20m", firing: [] },
              { at: "5h", firing: [{ system_filesystem_mountpoint: "/workspaces" }] },
              { at: "13h", firing: [] },
            ],
          },
          {
            title: "as fast, but more than half of it is free",
            interval: "5m",
            series: {
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "5.6e9-2e7x72",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",system_filesystem_mountpoint="/workspaces"}':
                "8e9x72",
            },
            expect: [{ at: "5h", firing: [] }],
          },
        ],
      },
      for: "30m",
      cause: "disk",
      runbook: {
        meaning:
          "A straight line through the last six hours reaches zero within a day, and less than half is free.",
        impact: "None yet. Full workspaces stop all agents; full checkpoints stop all rollbacks and backups.",
        diagnosis: [
          {
            do: "See when it is full, in hours.",
            query:
              'system_filesystem_usage_bytes{system_filesystem_state="free"} / (-deriv(system_filesystem_usage_bytes{system_filesystem_state="free"}[6h]) > 0) / 3600',
            good: "nothing, or more than 24: it got better",
            bad: "less than 6: act now",
          },
          {
            do: "See what is in it.",
            command: hivectl("guardian usage --top 10"),
            bad: "workspaces of sessions that ended: the clean-up does not run",
          },
        ],
        mitigation: [
          {
            do: "Remove workspaces of sessions that ended; their work is in Git.",
            command: hivectl("guardian clean --ended"),
          },
          {
            do: "Keep the last three checkpoints of each session, and a week of backups.",
            command: hivectl("checkpoints prune --keep 3 --backups 7d"),
          },
        ],
      },
    },
    "task-queue-full-predicted": {
      meets: ["AH-5", "AH-12"],
      summary: "The task queue will be full within an hour",
      description:
        "At the pace of the last half hour the queue of tasks reaches its limit within an hour; new tasks are then refused.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "promql",
        expr: "sum(predict_linear(agenthive_tasks_queued[30m], 3600)) > max(agenthive_task_queue_limit)",
        examples: [
          {
            title: "15 more a minute in two priorities, then the queue drains",
            interval: "1m",
            series: {
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="low"}':
                "50+10x40 450-10x40",
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="normal"}':
                "50+5x40 250-5x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager"}': "1000x80",
            },
            expect: [
              { at: "5m", firing: [] },
              { at: "30m", firing: [{}] },
              { at: "75m", firing: [] },
            ],
          },
          {
            title: "8 more a minute leave time",
            interval: "1m",
            series: {
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="low"}':
                "50+8x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager"}': "1000x40",
            },
            expect: [{ at: "30m", firing: [] }],
          },
        ],
      },
      for: "5m",
      runbook: {
        meaning:
          "Tasks arrive faster than agents finish them, and the last half hour's pace fills the queue within an hour.",
        impact: "None yet. At 1,000 waiting tasks new ones are refused.",
        diagnosis: [
          {
            do: "See whether more arrive or fewer are done.",
            query: "sum(rate(agenthive_tasks_finished_total[10m])) * 60",
            good: "as an hour ago: more arrive",
            bad: "fewer than an hour ago: agents are slow or missing",
          },
          {
            do: "See how many agents there are and what they do.",
            query: "sum by (state) (agenthive_agents)",
            good: "nearly all working",
            bad: "idle: tasks are not given out. Few in all: they cannot be started",
          },
          openBreakers,
          {
            do: "See whether more replicas are recommended.",
            query:
              "max by (target) (agenthive_recommended_replicas) - max by (target) (agenthive_current_replicas)",
            bad: "above 0: follow ScalingRecommended",
          },
        ],
        mitigation: [
          {
            do: "Add a spawn manager, for ten more agents.",
            command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=4",
          },
          { do: "Hold back tasks of priority low.", command: hivectl("tasks hold --priority low") },
        ],
        rollback: [{ do: "Let held tasks go.", command: hivectl("tasks release --priority low") }],
      },
    },
  },
);
