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
        kind: "forecast",
        metric: "agenthive_cost_budget_used_usd",
        aggregate: "max",
        trend: "rising",
        reaches: "100%",
        of: { metric: "agenthive_cost_budget_limit_usd", aggregate: "max" },
        within: "end-of-day",
        basedOn: "1h",
      },
      for: "15m",
      because:
        "a burst of dear calls bends the line of an hour for some minutes; 15 without a break are a pace",
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
            good: "the models that are meant for the work lead",
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
        kind: "forecast",
        metric: "system_filesystem_usage_bytes",
        where: { system_filesystem_state: "free" },
        aggregate: "min",
        by: ["system_filesystem_mountpoint"],
        trend: "falling",
        reaches: "0%",
        of: { metric: "system_filesystem_limit_bytes", aggregate: "max" },
        // Above half of it free there is time to look again tomorrow.
        from: "50%",
        within: "24h",
        basedOn: "6h",
      },
      for: "30m",
      because:
        "one checkpoint of a large session is a step and no slope: its mark on the line of six hours fades within the half hour",
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
