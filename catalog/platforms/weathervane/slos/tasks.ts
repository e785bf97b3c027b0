import { defineSlos } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  autopilotctl,
  breakers,
  failuresByStage,
  logs,
  pauseStarts,
  releasesOf,
  resumeStarts,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

// The success measures of WV-20. At 5 to 50 tasks an hour single events weigh much: no alert speaks on less than 20 tasks, or 10
// failures, in its long window.
const FEWEST_TASKS = 20;
const FEWEST_FAILURES = 10;

export const taskSlos = defineSlos(
  { services, metrics },
  {
    "self-healed-failures": {
      meets: ["WV-20"],
      title: "Failures that heal themselves",
      description:
        "Of five failures, at least four are mended by the resolution loop, without the incident reporter or a person.",
      service: "autopilot",
      objective: "80%",
      sli: {
        kind: "good-events",
        good: { metric: "weathervane_failures_handled_total", where: { resolution: "self-healed" } },
        total: { metric: "weathervane_failures_handled_total" },
      },
      minimumEvents: FEWEST_FAILURES,
      runbook: {
        meaning:
          "More failures than planned were not mended by the autopilot itself: they went to the incident reporter or to a person.",
        impact:
          "Tasks take longer or fail, and the team does work that the autopilot should do. No data is lost.",
        diagnosis: [
          {
            do: "See who dealt with the failures of the last day.",
            query: "sum by (resolution) (increase(weathervane_failures_handled_total[1d]))",
            good: "self-healed is above four fifths again: the trouble is over",
            bad: "incident-reporter or person has more than a fifth",
          },
          failuresByStage,
          breakers,
          {
            do: "Read what the loops that gave up had tried.",
            command: logs(
              "autopilot",
              'select(.event == "task-completed" and .escalated) | {task_id, outcome, attempts, reason}',
            ),
            bad: "the same reason again and again",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          {
            do: "If one model provider is behind it, send all calls to the other one.",
            command: autopilotctl("providers use openai"),
            good: "prints provider=openai, and retries fall within ten minutes",
          },
          {
            do: "If the trouble began with a release, roll it back as shown below.",
          },
        ],
        rollback: [rollBack("autopilot")],
      },
    },
    "incident-free-tasks": {
      meets: ["WV-20"],
      title: "Tasks without the incident reporter",
      description: "Fewer than one task in a hundred ends with a call of the incident reporter.",
      service: "autopilot",
      objective: "99%",
      budgetForecast: { within: "3d", basedOn: "1d" },
      sli: {
        kind: "bad-events",
        bad: { metric: "weathervane_tasks_finished_total", where: { incident: "true" } },
        total: { metric: "weathervane_tasks_finished_total" },
      },
      minimumEvents: FEWEST_TASKS,
      runbook: {
        meaning:
          "Too many tasks ended with a call of the incident reporter: the resolution loop had no more to try.",
        impact:
          "Each of these tasks waits for a person. A broken tool or provider fails every task that comes after it.",
        diagnosis: [
          {
            do: "See what led to the calls.",
            query: "sum by (reason) (increase(weathervane_incident_reports_total[1h]))",
            good: "no reason above 1: single cases, look at them by day",
            bad: "one reason stands out: it names the part to look at next",
          },
          breakers,
          failuresByStage,
          {
            do: "Read the reports themselves.",
            command: autopilotctl("incidents list --since 1h"),
            bad: "the same error in several of them",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          pauseStarts,
          { do: "Mend or replace the part that the reason names; its breaker has a runbook of its own." },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
      },
    },
    "unattended-tasks": {
      meets: ["WV-20"],
      title: "Tasks without human intervention",
      description: "Fewer than one task in twenty needs a person to change, approve or restart something.",
      service: "autopilot",
      objective: "95%",
      sli: {
        kind: "bad-events",
        bad: { metric: "weathervane_tasks_finished_total", where: { intervention: "true" } },
        total: { metric: "weathervane_tasks_finished_total" },
      },
      minimumEvents: FEWEST_TASKS,
      runbook: {
        meaning: "People had to step into more tasks than planned.",
        impact: "The team is the bottleneck: tasks wait for people, and fewer are done in a day.",
        diagnosis: [
          {
            do: "See what people did.",
            query: "sum by (action) (increase(weathervane_operator_actions_total[1d]))",
            good: "mostly create: interventions are single cases",
            bad: "many retry: stages fail. Many reject: gates let too much through. Many cancel: tasks hang",
          },
          {
            do: "See which gate rejects most; people step in where a gate and the autopilot do not agree.",
            query: 'sum by (gate) (increase(weathervane_gate_decisions_total{outcome="rejected"}[1d]))',
            good: "all gates about as much as on other days",
            bad: "one gate stands out: read its reasons on the dashboard Quality gates",
          },
          failuresByStage,
          releasesOf("autopilot"),
        ],
        mitigation: [
          {
            do: "Cancel the tasks that hang, so that nobody waits for them.",
            command: autopilotctl("tasks list --state running --older-than 1h"),
            good: "empty",
            bad: "tasks: stop each with autopilotctl tasks cancel TASK",
          },
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("autopilot")],
      },
    },
    "escalation-free-tasks": {
      meets: ["WV-20"],
      title: "Tasks completed without escalation",
      description:
        "Of twenty tasks at least nineteen succeed without the incident reporter and without a person.",
      service: "autopilot",
      objective: "95%",
      sli: {
        kind: "good-events",
        good: {
          metric: "weathervane_tasks_finished_total",
          where: { outcome: "success", incident: "false", intervention: "false" },
        },
        // A task that its requester withdrew was not completed, but it did not fail either.
        total: { metric: "weathervane_tasks_finished_total", where: { outcome: { not: "cancelled" } } },
      },
      minimumEvents: FEWEST_TASKS,
      runbook: {
        meaning: "Too many tasks failed, or succeeded only with the incident reporter's or a person's help.",
        impact: "What users asked for is late or missing.",
        diagnosis: [
          {
            do: "See how tasks ended.",
            query:
              "sum by (outcome, incident, intervention) (increase(weathervane_tasks_finished_total[1h])) > 0",
            good: "nearly all are success, false, false",
            bad: "failure: look at stages next. incident or intervention true: follow the runbook of that SLO",
          },
          failuresByStage,
          breakers,
          {
            do: "Read why tasks failed.",
            command: logs(
              "autopilot",
              'select(.event == "task-completed" and .outcome == "failure") | {task_id, reason}',
            ),
            bad: "one reason for most of them",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          pauseStarts,
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
      },
    },
  },
);
