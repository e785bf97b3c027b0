import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, limits, logs, pauseSession, podsOf, releasesOf, resumeSession } from "../runbook-steps.ts";
import { services } from "../services.ts";

const biggest = {
  do: "See what in the session uses it.",
  command: hivectl("sessions show SESSION --processes --files --top 10"),
  good: "spread over several: the session's work is large",
  bad: "one process or one folder has nearly all of it",
};
const cleanUp = {
  do: "Clean up now: caches, build output and left-over files; nothing that Git knows is touched.",
  command: hivectl("guardian clean --session SESSION"),
  good: "prints what was freed; usage falls within 10 seconds",
};

/** Alerts of what sessions use, and of the clean-ups (AH-2). */
export const sessionLimitAlerts = defineAlerts(
  { services, metrics },
  {
    "session-resource-high": {
      meets: ["AH-2"],
      summary: "Session {{ $labels.session }} uses more than 80 % of its {{ $labels.resource }}",
      description:
        "Session {{ $labels.session }} has been above 80 % of its limit of {{ $labels.resource }} for a minute; the guardian slows it down and cleans up.",
      severity: "warning",
      service: "resource-guardian",
      when: {
        kind: "threshold",
        metric: "agenthive_session_resource_used_ratio",
        aggregate: "max",
        by: ["session", "resource"],
        is: ">=",
        value: 0.8,
      },
      for: "1m",
      because:
        "the guardian slows the session down and cleans up first; what it mends within a minute is nobody else's work",
      cause: "session-resource",
      runbook: {
        meaning: "Limits of a session: 1 GiB of memory, one core, 1 GiB of workspace, 64 processes.",
        impact: "The session is slower. At its limit, what passed it is stopped, and its task starts again.",
        diagnosis: [
          limits,
          biggest,
          {
            do: "See what the guardian did about it.",
            query: "sum by (resource, action, outcome) (increase(agenthive_guardian_actions_total[15m])) > 0",
            good: "clean-up with success",
            bad: "failure: what fills it is in use and cannot be cleaned up",
          },
        ],
        mitigation: [
          cleanUp,
          { ...pauseSession, do: "If it still grows, pause the session: a checkpoint is taken first." },
        ],
        rollback: [resumeSession],
      },
    },
    "session-resource-exhausted": {
      meets: ["AH-2"],
      summary: "Session {{ $labels.session }} is beyond its limit of {{ $labels.resource }}",
      description:
        "Session {{ $labels.session }} has been beyond its limit of {{ $labels.resource }} for 15 seconds: the guardian did not stop it.",
      severity: "critical",
      service: "resource-guardian",
      when: {
        kind: "threshold",
        metric: "agenthive_session_resource_used_ratio",
        aggregate: "max",
        by: ["session", "resource"],
        is: ">=",
        value: 1,
      },
      for: "15s",
      because: "the guardian stops what is beyond its limit within 10 s: at 15 it has failed",
      direct: true,
      cause: "session-resource",
      runbook: {
        meaning:
          "The guardian stops what passes a limit within 10 seconds. Here it could not, or did not notice.",
        impact:
          "The session takes memory, CPU, disk or processes from all others; a full workspaces volume stops every session.",
        diagnosis: [
          limits,
          biggest,
          {
            do: "Read what the guardian tried.",
            command: logs(
              "resource-guardian",
              'select(.event == "guardian-action") | {time, session_id, resource, action, outcome}',
            ),
            bad: "nothing: it does not act. failure: it may not, or the process cannot be ended",
          },
          podsOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "Stop the session's agents at once; its last checkpoint is kept.",
            command: hivectl("sessions stop SESSION --now"),
            good: "prints state=stopped within 10 seconds",
          },
          cleanUp,
        ],
        rollback: [
          { do: "Start it again from its last checkpoint.", command: hivectl("sessions restore SESSION") },
        ],
      },
    },
    "guardian-action-failed": {
      meets: ["AH-2"],
      summary: "The guardian could not bring down {{ $labels.resource }} ({{ $labels.action }})",
      description:
        "A {{ $labels.action }} of the guardian did not bring {{ $labels.resource }} below its limit within 10 seconds.",
      severity: "warning",
      service: "resource-guardian",
      when: {
        kind: "increase",
        metric: "agenthive_guardian_actions_total",
        where: { outcome: "failure" },
        window: "15m",
        by: ["resource", "action"],
        is: ">",
        value: 0,
      },
      runbook: {
        meaning:
          "The guardian goes from slow-down to clean-up to stopping a process to stopping the agent; one of these steps had no effect.",
        impact:
          "The next, harder step follows by itself. After stop-agent there is none: SessionResourceExhausted pages.",
        diagnosis: [
          limits,
          {
            do: "Read the session and the reason.",
            command: logs(
              "resource-guardian",
              'select(.event == "guardian-action" and .outcome == "failure") | {session_id, resource, action, reason}',
            ),
            bad: "permission: a file or process of another user. busy: it is in use",
          },
          releasesOf("resource-guardian"),
        ],
        mitigation: [cleanUp],
      },
    },
    "clean-ups-frequent": {
      meets: ["AH-2"],
      summary: "More than 20 clean-ups of {{ $labels.resource }} in an hour",
      description:
        "The guardian cleaned up {{ $labels.resource }} more than 20 times in the last hour: limits or tasks do not fit.",
      severity: "warning",
      service: "resource-guardian",
      when: {
        kind: "increase",
        metric: "agenthive_guardian_actions_total",
        where: { action: "clean-up" },
        window: "1h",
        by: ["resource"],
        is: ">",
        value: 20,
      },
      runbook: {
        meaning:
          "Clean-ups are for exceptions. Twenty an hour mean that something fills up as fast as it is emptied.",
        impact: "Sessions lose caches again and again and get slower.",
        diagnosis: [
          limits,
          {
            do: "See how much each hour of clean-ups frees.",
            query: "sum by (resource) (increase(agenthive_guardian_cleaned_bytes_total[1h]))",
            good: "gigabytes: real work, limits are too small for it",
            bad: "next to nothing: it cleans what is not the cause",
          },
          releasesOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "One session: pause it and look at its task.",
            command: hivectl("sessions pause SESSION --checkpoint"),
          },
          { do: "All sessions: raise the limit in the catalog, or give each session less to do." },
        ],
        rollback: [resumeSession],
      },
    },
  },
);
