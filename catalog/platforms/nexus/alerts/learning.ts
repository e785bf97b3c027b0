import { defineAlerts } from "fairlead";
import { learning } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  ifReleased,
  lastWords,
  logs,
  nexusctl,
  podsOf,
  releasesOf,
  restart,
  rollBack,
  storesAsSeenBy,
} from "../runbook-steps.ts";
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

/** Alerts of the learning engine. */
export const learningAlerts = defineAlerts(
  { services, metrics },
  {
    "learning-engine-down": {
      meets: ["NX-1"],
      summary: "No learning engine answers",
      description: "Prometheus reaches no replica of the learning engine: there are no predictions.",
      severity: "critical",
      service: learning,
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the learning engine is gone or does not answer on its metrics port.",
        impact:
          "The coordinator matches by capabilities alone, the optimizer only recommends. Experiences wait in Redis and are not lost.",
        diagnosis: [
          podsOf(learning),
          lastWords(learning),
          {
            do: "See whether PostgreSQL answers; without it no model can be read.",
            query: "max(pg_up)",
            good: "1",
            bad: "0: follow the runbook of PostgresDown",
          },
          releasesOf(learning),
        ],
        mitigation: [restart(learning), ifReleased],
        rollback: [rollBack(learning)],
      },
    },
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
    "model-stale": {
      meets: ["NX-10"],
      summary: "The model in force is older than two days",
      description: "A model is trained every night; the one in force is more than 48 hours old.",
      severity: "warning",
      service: learning,
      when: {
        kind: "promql",
        expr: "time() - max(nexus_model_trained_timestamp_seconds) > 172800",
        examples: [
          {
            title: "no training for two days, then one",
            interval: "1h",
            series: {
              'nexus_model_trained_timestamp_seconds{platform="nexus",service="adaptive-learning-engine"}':
                "0x49 176400x3",
            },
            expect: [
              { at: "48h", firing: [] },
              { at: "49h", firing: [{}] },
              { at: "50h", firing: [] },
            ],
          },
        ],
      },
      runbook: {
        meaning: "Trainings fail, do not run, or bring nothing that is better than what is there.",
        impact: "Predictions slowly become worse.",
        diagnosis: [
          {
            do: "See how the last trainings ended.",
            query: "sum by (outcome) (increase(nexus_training_duration_seconds_count[2d]))",
            good: "only not-better: nothing new was to be learnt",
            bad: "failed, or nothing at all",
          },
          {
            do: "Read why.",
            command: logs(learning, 'select(.event == "training-finished") | {time, outcome, reason}'),
            bad: "out of memory: too many experiences at once. timeout: PostgreSQL is slow",
          },
          {
            do: "See whether the pods agree on the model.",
            query: "max(nexus_model_trained_timestamp_seconds) - min(nexus_model_trained_timestamp_seconds)",
            good: "0",
            bad: "above 3600: one pod has an old model; restart it",
          },
        ],
        mitigation: [
          {
            do: "Train now.",
            command: nexusctl(learning, "training start"),
            good: "prints promoted or not-better within half an hour",
          },
        ],
        rollback: [
          {
            do: "If the new model is worse, go back to the one before.",
            command: nexusctl(learning, "model use --previous"),
          },
        ],
      },
    },
    "personal-data-stored": {
      meets: ["NX-10"],
      summary: "Personal data of kind {{ $labels.kind }} in a stored experience",
      description:
        "Experiences are made anonymous before they are stored. The scan found personal data of kind {{ $labels.kind }} in at least one. This must never happen.",
      severity: "critical",
      service: learning,
      when: {
        kind: "increase",
        metric: "nexus_personal_data_found_total",
        window: "1h",
        by: ["kind"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning: "The step that takes personal data out of experiences missed some.",
        impact:
          "Personal data is in the store, and may be in the model and in last night's backup. The clock of duties to report may be running.",
        diagnosis: [
          {
            do: "Find the experiences and where they came from.",
            command: nexusctl(learning, "privacy findings --since 1h"),
            good: "one source, few experiences",
            bad: "several sources: the step itself is broken",
          },
          {
            do: "See whether more arrive.",
            query: "sum by (kind) (increase(nexus_personal_data_found_total[1d]))",
            good: "a single finding",
            bad: "it grows with every scan",
          },
          releasesOf(learning),
        ],
        mitigation: [
          {
            do: "Stop taking in experiences; they wait in Redis.",
            command: nexusctl(learning, "intake pause"),
            good: "prints intake=paused",
          },
          {
            do: "Lock the findings away: no training and no prediction reads them.",
            command: nexusctl(learning, "privacy quarantine --findings"),
            good: "prints 0 left",
          },
          {
            do: "If a model was trained since, go back to the one before.",
            command: nexusctl(learning, "model use --previous"),
          },
          ifReleased,
        ],
        rollback: [
          rollBack(learning),
          { do: "Take experiences in again.", command: nexusctl(learning, "intake resume") },
        ],
        escalation:
          "Tell whoever answers for data protection at once, before anything is deleted: they decide on reporting and on the backups.",
      },
    },
  },
);
