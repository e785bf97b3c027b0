import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, limits, logs, sessions } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of sessions that are going to reach a limit or to fail (AH-5). */
export const sessionPredictionAlerts = defineAlerts(
  { services, metrics },
  {
    "session-limit-predicted": {
      meets: ["AH-5", "AH-2"],
      summary: "Session {{ $labels.session }} will reach its limit of {{ $labels.resource }} within 2 hours",
      description:
        "At the pace of the last hour session {{ $labels.session }} reaches its limit of {{ $labels.resource }} within two hours: it leaks.",
      severity: "warning",
      service: "resource-guardian",
      when: {
        kind: "forecast",
        metric: "agenthive_session_resource_used_ratio",
        // CPU does not add up over time.
        where: { resource: { not: "cpu" } },
        aggregate: "max",
        by: ["session", "resource"],
        trend: "rising",
        reaches: "100%",
        // Below half of the limit a straight line says little.
        from: "50%",
        within: "2h",
        basedOn: "1h",
      },
      for: "10m",
      because:
        "one large file or build bends the line of an hour for some minutes, and half the time until the limit is still more than enough",
      cause: "session-resource",
      runbook: {
        meaning:
          "A straight line through the last hour reaches the limit within two hours, and more than half of it is used.",
        impact: "None yet. At the limit the guardian stops a part of the session, and a task starts again.",
        diagnosis: [
          limits,
          {
            do: "See what in the session grows.",
            command: hivectl("sessions show SESSION --processes --files --top 10"),
            bad: "one process or folder",
          },
        ],
        mitigation: [
          {
            do: "memory or processes: restart the agent that grows; its task goes on from the last checkpoint.",
            command: hivectl("agents restart AGENT"),
          },
          { do: "disk: clean up its workspace.", command: hivectl("guardian clean --session SESSION") },
        ],
      },
    },
    "session-failure-predicted": {
      meets: ["AH-5"],
      summary: "Session {{ $labels.session }} is likely to fail within 30 minutes",
      description:
        "The predicted probability that session {{ $labels.session }} fails within 30 minutes has been above 70 % for two minutes.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_session_failure_probability_ratio",
        aggregate: "max",
        by: ["session"],
        is: ">",
        value: 0.7,
      },
      for: "2m",
      because: "two minutes leave out an odd estimate, and of the 30 that it speaks of 28 are left",
      runbook: {
        meaning:
          "Fatigue, errors, use of limits and the models' answers look as they did before earlier failures.",
        impact: "None yet.",
        diagnosis: [
          sessions,
          {
            do: "See what the prediction rests on.",
            command: hivectl("sessions show SESSION --prediction"),
            bad: "one factor leads: it names what to do",
          },
          limits,
          {
            do: "Read its last errors.",
            command: logs("session-manager", 'select(.level == "error") | {time, session_id, message}'),
            bad: "the same error again and again: it will not get over it",
          },
        ],
        mitigation: [
          {
            do: "Take a checkpoint now, so that nothing is lost.",
            command: hivectl("checkpoints take --session SESSION"),
            good: "prints an id and verified",
          },
          {
            do: "Let it sum up and go on with a fresh context.",
            command: hivectl("sessions refresh SESSION"),
            good: "the probability falls below 0.5 within ten minutes",
          },
        ],
      },
    },
  },
);
