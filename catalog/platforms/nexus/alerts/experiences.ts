import { defineAlerts } from "fairlead";
import { learning } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { logs, nexusctl, podsOf, restart, storesAsSeenBy } from "../runbook-steps.ts";
import { services } from "../services.ts";

const experienceShare = {
  kind: "gauge-ratio",
  part: { metric: "nexus_experiences_stored" },
  whole: { metric: "nexus_experiences_limit" },
} as const;

const intake = {
  do: "See how many experiences come in, and what becomes of them.",
  query: "sum by (outcome) (rate(nexus_experiences_total[1h])) * 3600",
  good: "mostly duplicate: little new is stored",
  bad: "stored far above last week's: a new kind of task, or duplicates are no longer seen",
};

const condense = {
  do: "Merge experiences that say the same; predictions keep what they rest on.",
  command: nexusctl(learning, "experiences condense --alike 0.95"),
  good: "frees a tenth to a third of the places",
};

/** Alerts of the experiences: how many there are, and how they come in. */
export const experienceAlerts = defineAlerts(
  { services, metrics },
  {
    "experiences-full": {
      meets: ["NX-4"],
      summary: "The store of experiences is full",
      description: "All 100,000 places for experiences are taken: new ones are refused.",
      severity: "critical",
      service: learning,
      when: { ...experienceShare, is: ">=", value: "100%" },
      cause: "experiences",
      runbook: {
        meaning: "More experiences were stored than merging and retention took away.",
        impact: "Nothing more is learnt: accuracy falls within days. Tasks are not affected now.",
        diagnosis: [
          intake,
          {
            do: "See whether retention works.",
            query: 'time() - max(nexus_chore_last_success_timestamp_seconds{chore="retention"})',
            good: "below 93600, that is 26 hours",
            bad: "more: follow the runbook of RetentionOverdue",
          },
        ],
        mitigation: [
          condense,
          {
            do: "If that is not enough, remove the oldest that no pattern rests on.",
            command: nexusctl(learning, "experiences prune --older-than 180d --unused"),
          },
        ],
        rollback: [
          { do: "What was pruned by mistake comes back from the last backup only: see BackupOverdue." },
        ],
      },
    },
    "experiences-near-limit": {
      meets: ["NX-4"],
      summary: "More than 90 % of the places for experiences are taken",
      description: "More than 90,000 of 100,000 places for experiences are taken.",
      severity: "warning",
      service: learning,
      when: { ...experienceShare, is: ">", value: "90%" },
      cause: "experiences",
      runbook: {
        meaning: "The store of experiences is nearly full.",
        impact: "None yet. When it is full, nothing more is learnt.",
        diagnosis: [
          intake,
          {
            do: "See when it will be full.",
            query:
              "(max(nexus_experiences_limit) - max(nexus_experiences_stored)) / (max(deriv(nexus_experiences_stored[6h])) > 0) / 86400",
            good: "above 7 days, or nothing: it does not grow",
            bad: "below 2 days: act now",
          },
        ],
        mitigation: [condense],
      },
    },
    "experience-intake-late": {
      meets: ["NX-10"],
      summary: "Experiences wait longer than 10 minutes to be taken in",
      description: "The oldest experience that has arrived has waited for more than 10 minutes.",
      severity: "warning",
      service: learning,
      when: {
        kind: "threshold",
        metric: "nexus_experience_lag_seconds",
        aggregate: "max",
        is: ">",
        value: 600,
      },
      for: "5m",
      because: "after a restart the engine works off what has waited, which takes a few minutes",
      runbook: {
        meaning: "Experiences arrive faster than they are made anonymous and stored, or intake has stopped.",
        impact: "Predictions rest on an older state. The waiting ones take memory in Redis.",
        diagnosis: [
          intake,
          storesAsSeenBy(learning),
          podsOf(learning),
          {
            do: "Read whether one experience stops the others.",
            command: logs(learning, 'select(.event == "experience-refused") | {time, reason, source}'),
            bad: "the same source over and over",
          },
        ],
        mitigation: [
          {
            do: "Set aside what cannot be taken in; the rest goes on.",
            command: nexusctl(learning, "intake skip --stuck"),
            good: "the lag falls within a minute",
          },
          {
            ...restart(learning),
            do: "If intake hangs, restart the pods; waiting experiences stay in Redis.",
          },
        ],
        rollback: [
          {
            do: "Take in again what was set aside.",
            command: nexusctl(learning, "intake retry --skipped"),
          },
        ],
      },
    },
  },
);
