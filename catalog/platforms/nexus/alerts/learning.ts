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
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const _intake = {
  do: "See how many experiences come in, and what becomes of them.",
  query: "sum by (outcome) (rate(nexus_experiences_total[1h])) * 3600",
  good: "mostly duplicate: little new is stored",
  bad: "stored far above last week's: a new kind of task, or duplicates are no longer seen",
};

/** Alerts of the learning engine and of its model. */
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
            command: logs(learning, 'select(.event == "training-finished") | {time, outcome, reason}', "48h"),
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
