import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  hivectl,
  logs,
  modelErrors,
  pauseSession,
  releasesOf,
  resumeSession,
  rollBack,
  sessions,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of cognitive load: fatigue, and conservative mode after 16 hours (AH-4). */
export const cognitionAlerts = defineAlerts(
  { services, metrics },
  {
    "conservative-mode-missing": {
      meets: ["AH-4"],
      summary: "Session {{ $labels.session }} is older than 16 h and not in conservative mode",
      description:
        "Session {{ $labels.session }} has run for more than 16 hours and still works as if it were fresh. This must never happen.",
      severity: "critical",
      service: "session-manager",
      when: {
        kind: "promql",
        expr:
          "max by (session) (agenthive_session_age_seconds) > 57600 " +
          "unless on (session) max by (session) (agenthive_session_conservative) == 1",
        examples: [
          {
            title:
              "two sessions pass 16 hours, each just taken over by another pod: one changes its mode, the other does not",
            interval: "30s",
            series: {
              'agenthive_session_age_seconds{platform="agenthive",service="session-manager",session="a",pod="old"}':
                "57480+30x30",
              'agenthive_session_age_seconds{platform="agenthive",service="session-manager",session="a",pod="new"}':
                "0+30x30",
              'agenthive_session_conservative{platform="agenthive",service="session-manager",session="a",pod="old"}':
                "0x16 1x14",
              'agenthive_session_age_seconds{platform="agenthive",service="session-manager",session="b",pod="old"}':
                "57480+30x30",
              'agenthive_session_conservative{platform="agenthive",service="session-manager",session="b",pod="old"}':
                "0x4 1x26",
              'agenthive_session_conservative{platform="agenthive",service="session-manager",session="b",pod="new"}':
                "0x30",
            },
            expect: [
              { at: "2m", firing: [] },
              { at: "3m", firing: [] },
              { at: "4m", firing: [{ session: "a" }] },
              { at: "10m", firing: [] },
            ],
          },
          {
            title: "a session of which the mode is not known counts as not conservative",
            interval: "30s",
            series: {
              'agenthive_session_age_seconds{platform="agenthive",service="session-manager",session="c"}':
                "57480+30x30",
            },
            expect: [
              { at: "2m", firing: [] },
              { at: "4m", firing: [{ session: "c" }] },
            ],
          },
        ],
      },
      for: "1m",
      because: "age and mode come with the same scrape, and a minute is one check of the session manager",
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "After 16 hours a session must take no new task, make small steps only and have every change reviewed. This one does not.",
        impact: "A tired session makes more and larger mistakes, which tests may not find.",
        diagnosis: [
          sessions,
          {
            do: "See how tired it is.",
            query: "max by (session, signal) (agenthive_session_fatigue_ratio)",
            good: "below 0.6",
            bad: "above 0.8: pause it at once",
          },
          {
            do: "Read why the mode did not change.",
            command: logs(
              "session-manager",
              'select(.event == "mode-changed" or .level == "error") | {time, session_id, mode, message}',
            ),
            bad: "nothing for this session: the check does not run",
          },
          releasesOf("session-manager"),
        ],
        mitigation: [
          {
            do: "Set the mode by hand.",
            command: hivectl("sessions mode SESSION conservative"),
            good: "prints mode=conservative; the alert resolves within a minute",
          },
          pauseSession,
        ],
        rollback: [rollBack("session-manager"), resumeSession],
      },
    },
    "session-fatigued": {
      meets: ["AH-4"],
      summary: "Session {{ $labels.session }} is tired ({{ $labels.signal }})",
      description:
        "The fatigue of session {{ $labels.session }}, shown by its {{ $labels.signal }}, has been above 0.8 for five minutes.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_session_fatigue_ratio",
        aggregate: "max",
        by: ["session", "signal"],
        is: ">",
        value: 0.8,
      },
      for: "5m",
      because: "one hard task makes an agent slow for a few minutes; fatigue does not pass without rest",
      runbook: {
        meaning:
          "repetition: it repeats what it did. errors: its steps fail more often. slowness: steps take longer. context: its context is nearly full.",
        impact:
          "The quality of its work falls; above 0.9 the session manager enters conservative mode before the 16 hours are over.",
        diagnosis: [
          sessions,
          {
            do: "See how it came about.",
            query: "max by (session, signal) (agenthive_session_fatigue_ratio)",
            good: "one signal, rising slowly with age",
            bad: "several at once, or within minutes: something is wrong beside fatigue",
          },
          modelErrors,
        ],
        mitigation: [
          {
            do: "context or repetition: let it sum up and go on with a fresh context.",
            command: hivectl("sessions refresh SESSION"),
            good: "fatigue falls below 0.5 within five minutes",
          },
          {
            do: "errors or slowness: set conservative mode.",
            command: hivectl("sessions mode SESSION conservative"),
          },
        ],
        rollback: [
          {
            do: "Go back to normal mode, at an age below 16 hours.",
            command: hivectl("sessions mode SESSION normal"),
          },
        ],
      },
    },
  },
);
