import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  backToNormal,
  hivectl,
  limits,
  logs,
  modelErrors,
  noNewWork,
  openBreakers,
  releasesOf,
  rollBack,
  sessions,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of sessions: how long they last (AH-1). */
export const sessionAlerts = defineAlerts(
  { services, metrics },
  {
    "several-sessions-failed": {
      meets: ["AH-1"],
      summary: "More than 2 sessions failed within 30 minutes",
      description: "More than two sessions ended because of a fault within half an hour: they share a cause.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "increase",
        metric: "agenthive_session_failures_total",
        window: "30m",
        is: ">",
        value: 2,
      },
      direct: true,
      runbook: {
        meaning: "One failed session is bad luck; three within half an hour have something in common.",
        impact:
          "The month allows six failures among 600 sessions. Each one loses at most five minutes of work.",
        diagnosis: [
          {
            do: "See why they failed.",
            query: "sum by (reason) (increase(agenthive_session_failures_total[30m])) > 0",
            good: "nothing: none failed in the last half hour",
            bad: "models or database: all sessions are in danger. resources: look at the guardian. agents: at the spawn managers",
          },
          openBreakers,
          modelErrors,
          limits,
          {
            do: "Read their last words.",
            command: logs(
              "session-manager",
              'select(.event == "session-ended" and .outcome == "failed") | {session_id, age_hours, reason}',
            ),
            bad: "the same reason in several",
          },
          releasesOf("session-manager"),
        ],
        mitigation: [
          noNewWork,
          {
            do: "When the cause is gone, start the failed sessions again from their last checkpoints.",
            command: hivectl("sessions restore --failed-since 1h"),
            good: "prints state=running for each within 10 seconds",
          },
        ],
        rollback: [rollBack("session-manager"), backToNormal],
        escalation:
          "More than five within the hour: tell the platform lead before anything is started again.",
      },
    },
    "session-milestone-missed": {
      meets: ["AH-1"],
      summary: "More than 1 % of sessions do not reach {{ $labels.milestone }}",
      description:
        "In the last week more than 1 % of the sessions that were to reach {{ $labels.milestone }} failed before.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "event-ratio",
        part: { metric: "agenthive_session_milestones_total", where: { outcome: "missed" } },
        whole: { metric: "agenthive_session_milestones_total" },
        window: "1w",
        by: ["milestone"],
        is: ">",
        value: "1%",
        // With fewer, a single failure would be more than 1 %.
        minimumEvents: 100,
      },
      runbook: {
        meaning:
          "Sessions are lengthened in steps of 4, 8, 16 and 24 hours. A step counts as reached while less than 1 % fail in it.",
        impact:
          "This step, and all longer ones, do not count as reached: sessions should not be planned longer than the step before.",
        diagnosis: [
          {
            do: "Compare the steps.",
            query:
              'sum by (milestone) (increase(agenthive_session_milestones_total{outcome="missed"}[1w])) / (sum by (milestone) (increase(agenthive_session_milestones_total[1w])) > 0)',
            good: "below 0.01 up to 16h: what fails grows with time",
            bad: "above 0.01 at 4h: sessions fail at any age",
          },
          {
            do: "See why sessions failed in the last week.",
            query: "sum by (reason, predicted) (increase(agenthive_session_failures_total[1w])) > 0",
            good: "nothing, or single failures of different reasons",
            bad: 'predicted="true" leads: the warnings came, and nobody acted on them',
          },
          releasesOf("session-manager"),
        ],
        mitigation: [
          {
            do: "Plan new sessions no longer than the last step that holds.",
            command: hivectl("sessions limit --hours 16"),
            good: "prints limit=16h; running sessions keep theirs",
          },
        ],
        rollback: [
          {
            do: "Allow the full length again once the share is below 1 %.",
            command: hivectl("sessions limit --hours 24"),
          },
        ],
      },
    },
    "session-beyond-24-hours": {
      meets: ["AH-1", "AH-4"],
      summary: "Session {{ $labels.session }} did not end after 24 hours",
      description:
        "Session {{ $labels.session }} should have handed over and ended a quarter of an hour ago.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_session_age_seconds",
        aggregate: "max",
        by: ["session"],
        is: ">",
        // 24 hours and a quarter for the hand-over.
        value: 87_300,
      },
      runbook: {
        meaning: "A session ends after 24 hours at most: it takes a checkpoint and hands open tasks over.",
        impact: "It goes on in conservative mode, and nothing shows how well sessions work beyond 24 hours.",
        diagnosis: [
          sessions,
          {
            do: "See what it still does.",
            command: hivectl("sessions show SESSION --tasks"),
            bad: "one task for hours: it hangs",
          },
        ],
        mitigation: [
          {
            do: "End it: a checkpoint is taken, open tasks go back to the queue.",
            command: hivectl("sessions end SESSION"),
          },
        ],
      },
    },
  },
);
