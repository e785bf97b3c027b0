import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, modelErrors, pauseSession, resumeSession } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of budget and volumes that are going to run out, while there is still time (AH-5). */
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
            title:
              "8.50 dollars an hour are 204 a day, 200 are allowed; begins anew at midnight; one gateway lags behind",
            interval: "5m",
            series: {
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "0+0.70833x287 0+0.70833x60",
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway",pod="b"}': "0x348",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "200x360",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway",pod="b"}':
                "150x360",
            },
            expect: [
              { at: "10m", firing: [] },
              { at: "3h", firing: [{}] },
              { at: "20h", firing: [{}] },
              { at: "1460m", firing: [] },
              { at: "26h", firing: [{}] },
            ],
          },
          {
            title: "8.20 dollars an hour are 197 a day, whatever a gateway with an old limit says",
            interval: "5m",
            series: {
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "0+0.68333x287 0+0.68333x60",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "200x360",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway",pod="b"}':
                "150x360",
            },
            expect: [
              { at: "3h", firing: [] },
              { at: "20h", firing: [] },
              { at: "26h", firing: [] },
            ],
          },
          {
            title: "after three quiet hours the pace of the last one counts; at 12 hours it stops",
            interval: "5m",
            series: {
              'agenthive_cost_budget_used_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "0+0.25x36 10.2+1.2x12 24.6+1.2x95 138.6x40",
              'agenthive_cost_budget_limit_usd{platform="agenthive",service="model-gateway",pod="a"}':
                "200x360",
            },
            expect: [
              { at: "3h", firing: [] },
              { at: "260m", firing: [{}] },
              { at: "15h", firing: [] },
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
            title:
              "both guardians see one volume last for 23 hours, the other for 26; then the first one is cleaned up",
            interval: "5m",
            series: {
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "6.72e9-2e7x72 6.5e9x100",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/workspaces"}':
                "12e9x172",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "6.72e9-2e7x72 6.5e9x100",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/workspaces"}':
                "12e9x172",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/checkpoints",system_filesystem_state="free"}':
                "1.86e9-5e6x60 1.56e9x112",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/checkpoints"}':
                "4e9x172",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/checkpoints",system_filesystem_state="free"}':
                "1.86e9-5e6x60 1.56e9x112",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/checkpoints"}':
                "4e9x172",
            },
            expect: [
              { at: "20m", firing: [] },
              { at: "260m", firing: [] },
              { at: "5h", firing: [{ system_filesystem_mountpoint: "/workspaces" }] },
              { at: "13h", firing: [] },
            ],
          },
          {
            title: "as fast, but more than half of it is free; the next one fills since six hours only",
            interval: "5m",
            series: {
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "6.72e9-2e7x72",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/workspaces"}':
                "10e9x72",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/workspaces",system_filesystem_state="free"}':
                "6.72e9-2e7x72",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/workspaces"}':
                "10e9x72",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/checkpoints",system_filesystem_state="free"}':
                "2e9x90 2e9-1e7x84",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="a",system_filesystem_mountpoint="/checkpoints"}':
                "5e9x180",
              'system_filesystem_usage_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/checkpoints",system_filesystem_state="free"}':
                "2e9x90 2e9-1e7x84",
              'system_filesystem_limit_bytes{platform="agenthive",service="resource-guardian",pod="b",system_filesystem_mountpoint="/checkpoints"}':
                "5e9x180",
            },
            expect: [
              { at: "5h", firing: [] },
              { at: "14h", firing: [{ system_filesystem_mountpoint: "/checkpoints" }] },
            ],
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
  },
);
