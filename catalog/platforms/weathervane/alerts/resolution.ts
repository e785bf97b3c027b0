import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  autopilotctl,
  breakers,
  failuresByStage,
  logs,
  pauseStarts,
  podsOf,
  releasesOf,
  resumeStarts,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const openLoops = {
  do: "List the open loops: task, stage, attempts, last error.",
  command: autopilotctl("loops list"),
  good: "no loop with 3 or more attempts: it has closed meanwhile",
  bad: "a loop with 3 or more attempts: note its TASK and its last error",
};

/** Alerts of the resolution loop and of the queue. */
export const resolutionAlerts = defineAlerts(
  { services, metrics },
  {
    "resolution-attempts-exceeded": {
      meets: ["WV-6", "WV-9"],
      summary: "More than 5 attempts to mend a failure in stage {{ $labels.stage }}",
      description:
        "A resolution loop in stage {{ $labels.stage }} has made more than 5 attempts and its failure is still there. The incident reporter should have taken over after the third.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_resolution_attempts",
        aggregate: "max",
        by: ["stage"],
        is: ">",
        value: 5,
      },
      direct: true,
      cause: "resolution-attempts",
      runbook: {
        meaning:
          "A task fails again and again, and neither the resolution loop nor its hand-over to the incident reporter ends it.",
        impact:
          "The task burns tokens and holds one of ten places without getting any further. Others may be about to do the same.",
        diagnosis: [
          openLoops,
          {
            do: "Read what each attempt of the task tried, and how it failed.",
            command: autopilotctl("tasks show TASK --attempts"),
            good: "the errors differ: it does get further, slowly",
            bad: "the same error each time: it never will",
          },
          breakers,
          failuresByStage,
          releasesOf("autopilot"),
        ],
        mitigation: [
          {
            do: "Stop the task and hand it to a person; its evidence is kept.",
            command: autopilotctl('tasks cancel TASK --report "attempts exhausted"'),
            good: "prints state=cancelled, and the number of attempts falls to 0",
          },
          { ...pauseStarts, do: "If more than one task is in it, pause new starts; running tasks finish." },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
        escalation:
          "If the hand-over to the incident reporter itself fails, the team that owns the autopilot must know today.",
      },
    },
    "resolution-attempt-three": {
      meets: ["WV-7"],
      summary: "Third attempt to mend a failure in stage {{ $labels.stage }}",
      description:
        "A resolution loop in stage {{ $labels.stage }} is at its third attempt or beyond; 95 % should close within three.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "threshold",
        metric: "weathervane_resolution_attempts",
        aggregate: "max",
        by: ["stage"],
        is: ">=",
        value: 3,
      },
      cause: "resolution-attempts",
      runbook: {
        meaning:
          "A failure was not mended by the first two attempts. The third is the last before the incident reporter is called.",
        impact: "None yet. If the attempt fails, the task waits for a person.",
        diagnosis: [
          openLoops,
          {
            do: "See whether loops usually close within three attempts.",
            query:
              'sum(increase(weathervane_resolution_loop_attempts_bucket{le=~"3|3[.]0",outcome="resolved"}[1d])) / (sum(increase(weathervane_resolution_loop_attempts_count[1d])) > 0)',
            good: "above 0.95: a single hard case",
            bad: "below 0.95: something makes many tasks fail",
          },
          failuresByStage,
          breakers,
        ],
        mitigation: [
          { do: "Single case: nothing; the incident reporter takes over if the attempt fails." },
          {
            ...pauseStarts,
            do: "Many loops in one stage: pause new starts until its tool or model works again.",
          },
        ],
        rollback: [resumeStarts],
      },
    },
    "pending-tasks-high": {
      meets: ["WV-7"],
      summary: "More than 20 tasks wait in the queue",
      description:
        "More than 20 tasks are pending. At 50 tasks an hour, the last of 20 waits for 24 minutes.",
      severity: "warning",
      service: "autopilot",
      when: { kind: "threshold", metric: "weathervane_tasks_pending", aggregate: "sum", is: ">", value: 20 },
      runbook: {
        meaning: "Tasks arrive faster than they are started, or starts are held back.",
        impact: "Tasks of priority low and normal wait; urgent ones go first.",
        diagnosis: [
          {
            do: "See whether the mode or a breaker holds starts back.",
            query: "max by (mode) (weathervane_mode) > 0",
            good: "normal or minimal",
            bad: "read-only or emergency-stop: nothing starts, on purpose; find out who set it and why",
          },
          breakers,
          {
            do: "See how many tasks are being worked on, and where.",
            query: "sum by (stage) (weathervane_tasks_in_flight)",
            good: "ten in all, in different stages: it is busy",
            bad: "ten in one stage: that stage hangs. Fewer than ten: the scheduler hangs",
          },
          {
            do: "See where the tasks come from.",
            command: autopilotctl("tasks list --state pending --count-by source,priority"),
            bad: "one schedule or one user has nearly all",
          },
        ],
        mitigation: [
          {
            do: "If one source floods the queue, withdraw its low-priority tasks, agreed with its owner.",
            command: autopilotctl("tasks cancel --state pending --source api --priority low"),
          },
          {
            do: "If the scheduler hangs, restart the autopilot: tasks go on from their last stage.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/autopilot",
          },
        ],
        rollback: [
          {
            do: "Withdrawn tasks can be queued again.",
            command: autopilotctl("tasks requeue --cancelled-since 1h"),
          },
        ],
      },
    },
    "autopilot-down": {
      summary: "No autopilot answers",
      description:
        "Prometheus reaches no replica of the autopilot: no task is worked on, and most other alerts are blind.",
      severity: "critical",
      service: "autopilot",
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the autopilot is gone or does not answer on its metrics port.",
        impact: "No task moves. Nothing is lost: tasks go on from their last finished stage when it is back.",
        diagnosis: [
          podsOf("autopilot"),
          {
            do: "Read why the last container ended.",
            command:
              "kubectl -n $NAMESPACE describe pods -l app.kubernetes.io/name=autopilot | grep -A6 'Last State'",
            bad: "OOMKilled: memory. Error: read its log. FailedMount under Events: the evidence volume",
          },
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/autopilot --previous --tail=50",
            bad: "an error at the end: it names the cause",
          },
          releasesOf("autopilot"),
          {
            do: "If pods are ready, ask whether Prometheus can reach them.",
            query: 'up{service="autopilot"}',
            good: "1 for each ready pod: Prometheus reaches them again",
            bad: "0 with ready pods: a network policy or the metrics port changed",
          },
        ],
        mitigation: [
          {
            do: "Restart it.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/autopilot",
            good: "ready within two minutes",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("autopilot")],
      },
    },
    "infinite-loop-detected": {
      meets: ["WV-20", "WV-9"],
      summary: "A task ran in circles in stage {{ $labels.stage }}",
      description:
        "The loop detector stopped a task in stage {{ $labels.stage }} that repeated the same state. This must never happen.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "increase",
        metric: "weathervane_infinite_loops_total",
        window: "15m",
        by: ["stage"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "A task came back to a state that it had been in before, with nothing changed. It was stopped and reported at once.",
        impact:
          "The task has failed. A fault of the pipeline can catch the next task in the same way, and loops burn tokens fast.",
        diagnosis: [
          {
            do: "Find the task and the states that it repeated.",
            command: logs("autopilot", 'select(.event == "plan-delta") | {task_id, revision, reason}'),
            bad: "one task_id with the same reason over and over",
          },
          {
            do: "See whether it stays with one task.",
            query: "sum by (stage) (increase(weathervane_infinite_loops_total[6h]))",
            good: "1: a single case",
            bad: "more: it is the pipeline, not the task",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          { ...pauseStarts, do: "If it is more than one task, pause new starts; running tasks finish." },
          {
            do: "Keep the task's evidence for the owners: its folder in the evidence volume is never cleaned up while the incident is open.",
          },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
      },
    },
  },
);
