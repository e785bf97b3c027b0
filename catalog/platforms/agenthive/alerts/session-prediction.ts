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
        kind: "promql",
        // CPU does not add up over time. Below half of the limit a straight line says little.
        expr:
          'max by (session, resource) (predict_linear(agenthive_session_resource_used_ratio{resource!="cpu"}[1h], 7200)) >= 1 ' +
          "and max by (session, resource) (agenthive_session_resource_used_ratio) > 0.5",
        examples: [
          {
            title:
              "one session leaks, seen by one guardian; others leak slowly, are far from their limit, steady or busy",
            interval: "1m",
            series: {
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="a",session="leaks",resource="memory"}':
                "0.4+0.003x100",
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="b",session="leaks",resource="memory"}':
                "0.2x100",
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="a",session="slow",resource="processes"}':
                "0.35+0.0029x100",
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="a",session="small",resource="disk"}':
                "0+0.0054x91",
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="a",session="steady",resource="memory"}':
                "0.9x100",
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",pod="a",session="busy",resource="cpu"}':
                "0.4+0.004x100",
            },
            expect: [
              { at: "30m", firing: [] },
              { at: "85m", firing: [] },
              { at: "92m", firing: [{ session: "leaks", resource: "memory" }] },
            ],
          },
          {
            title: "after two hours at rest the last hour counts",
            interval: "1m",
            series: {
              'agenthive_session_resource_used_ratio{platform="agenthive",service="resource-guardian",session="grows",resource="disk"}':
                "0.3x120 0.305+0.005x64 0.4x60",
            },
            expect: [
              { at: "2h", firing: [] },
              { at: "185m", firing: [{ session: "grows", resource: "disk" }] },
              { at: "4h", firing: [] },
            ],
          },
        ],
      },
      for: "10m",
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
