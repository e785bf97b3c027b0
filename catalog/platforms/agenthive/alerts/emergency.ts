import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { backToNormal, hivectl, limits, logs, openBreakers, type Step, sessions } from "../runbook-steps.ts";
import { services } from "../services.ts";

const levels =
  "Level 1: watched more closely, nothing changes. Level 2: half the agents, small tasks. Level 3: no new task, running ones finish. " +
  "Level 4: all sessions paused, checkpoints taken. Level 5: all agents ended, keys of the model providers locked, a person requested.";

const history: Step = {
  do: "Find out who or what raised the level, when and why.",
  command: hivectl("emergency history --last 5"),
  good: "a person with a reason: ask them before you do anything",
  bad: "hive: the reason names what it ran into",
};
const reasons: Step = {
  do: "See what set off the interventions of the last hour.",
  query: "sum by (level, reason) (increase(agenthive_emergency_interventions_total[1h])) > 0",
  good: "one reason: mend it, and the level can be taken back",
  bad: "several: look for what they share, such as the database or a release",
};
const firing: Step = {
  do: "See what else fires.",
  query: 'ALERTS{alertstate="firing",alertname!~"Emergency.*"}',
  good: "only what the reason explains",
  bad: "database or guardian: begin there",
};
const stepByStep: Step = {
  do: "Mend the reason first. Then go down one level at a time, and wait five minutes at each; LEVEL is one less than it is now.",
  command: hivectl("emergency set LEVEL --reason person"),
  good: "prints the level; fatigue, errors and limits stay low for five minutes",
  bad: "it rises again by itself: the reason is not gone",
};

/** Alerts of emergency intervention in five levels (AH-6). */
export const emergencyAlerts = defineAlerts(
  { services, metrics },
  {
    "emergency-level-three": {
      meets: ["AH-6"],
      summary: "Emergency level 3 or higher: no new task starts",
      description: "The hive has intervened on itself: no new task starts, running ones finish.",
      severity: "warning",
      service: "session-manager",
      when: { kind: "threshold", metric: "agenthive_emergency_level", aggregate: "max", is: ">=", value: 3 },
      direct: true,
      cause: "emergency",
      runbook: {
        meaning: levels,
        impact: "Work dries up within minutes. Nothing is lost.",
        diagnosis: [history, reasons, firing, limits, openBreakers],
        mitigation: [
          stepByStep,
          {
            do: "If it gets worse, pause all sessions now.",
            command: hivectl("emergency set 4 --reason person"),
          },
        ],
        rollback: [backToNormal],
      },
    },
    "emergency-level-four": {
      meets: ["AH-6"],
      summary: "Emergency level 4 or 5: all sessions are paused or stopped",
      description:
        "The hive has paused all sessions, or stopped them. Checkpoints were taken; nothing moves until the level goes down.",
      severity: "critical",
      service: "session-manager",
      when: { kind: "threshold", metric: "agenthive_emergency_level", aggregate: "max", is: ">=", value: 4 },
      direct: true,
      cause: "emergency",
      runbook: {
        meaning: levels,
        impact: "No session moves. Nothing is lost: all go on from their checkpoints.",
        diagnosis: [
          {
            do: "See which level it is.",
            query: "max(agenthive_emergency_level)",
            good: "4: paused, agents are alive",
            bad: "5: stopped, keys are locked",
          },
          history,
          reasons,
          firing,
          sessions,
        ],
        mitigation: [
          {
            do: "If agents still do harm, stop everything at once: agents are ended, keys locked.",
            command: hivectl("emergency set 5 --reason person"),
            good: "prints level=5, agents=0",
          },
          {
            do: "If hivectl does not answer, end the agents by hand; sessions keep their checkpoints.",
            command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=0",
            good: "no pod of spawn-manager is left after 30 seconds",
          },
          stepByStep,
        ],
        rollback: [
          { do: "After level 5: unlock the keys first.", command: hivectl("keys unlock --all") },
          {
            do: "After an end by hand: bring the spawn managers back; the next deploy sets their number.",
            command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=3",
          },
          backToNormal,
        ],
        escalation:
          "Level 5, or the reason security: call the platform lead at once, and touch nothing that could be evidence.",
      },
    },
    "person-requested": {
      meets: ["AH-6"],
      summary: "The hive requests a person",
      description:
        "A session can not or must not decide by itself and asks for a person; nobody has answered yet.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_person_requests_open",
        aggregate: "max",
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning:
          "At level 5, or before a step that it may not take alone, the hive stops and asks. It waits for as long as it takes.",
        impact: "The session that asks stands still; at level 5 all do.",
        diagnosis: [
          {
            do: "Read the request: who asks, what for, which choices.",
            command: hivectl("requests list --open"),
            bad: "level=5: follow EmergencyLevelFour first",
          },
          {
            do: "See what led to it.",
            command: logs(
              "session-manager",
              'select(.event == "person-requested") | {time, session_id, level, reason, question}',
            ),
            bad: "the same question as before: its answer did not hold",
          },
          sessions,
        ],
        mitigation: [
          {
            do: "Answer it; TEXT becomes part of the audit trail.",
            command: hivectl("requests answer ID --choice CHOICE --reason TEXT"),
            good: "prints answered, and the session goes on",
          },
          {
            do: "If you cannot judge it, hand it to the platform lead; the session keeps waiting.",
            command: hivectl("requests assign ID --to platform-lead"),
          },
        ],
        rollback: [
          {
            do: "An answer can be taken back until the next checkpoint.",
            command: hivectl("requests withdraw ID"),
          },
        ],
      },
    },
  },
);
