import { defineDashboards } from "fairlead";
import { learning } from "../label-values.ts";
import { known, redThenGreen } from "./known.ts";
import { answering, using } from "./service-panels.ts";

const served = {
  service: learning,
  operations: 500,
  memory: { text: "1 GB", bytes: 1e9 },
  cores: 0.5,
  response: 0.5,
  down: "learning-engine-down",
  memoryHigh: "learning-engine-memory-high",
  availability: "learning-availability",
  fast: "learning-response",
} as const;

export const learningEngine = defineDashboards(known, {
  "adaptive-learning-engine": {
    meets: ["NX-1", "NX-2", "NX-3", "NX-10"],
    title: "Adaptive learning engine",
    description:
      "Whether predictions are right, what is learnt from which experiences, and how the service itself is.",
    tags: ["nexus", "NX-10"],
    variables: { pod: { title: "Pod", metric: "nexus_experience_lag_seconds", label: "pod" } },
    rows: [
      { title: "Does it answer", panels: answering(served) },
      {
        title: "Is it right",
        panels: [
          {
            meets: ["NX-2"],
            title: "Accuracy",
            description:
              "Share of the predictions of an hour that were right: duration within 20 %, success, best agent. At least 80 %; 85 % was reached elsewhere.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'sum by (prediction) (rate(nexus_predictions_total{outcome="right"}[1h])) / (sum by (prediction) (rate(nexus_predictions_total[1h])) > 0)',
                legend: "{{prediction}}",
              },
              {
                expr: 'sum(rate(nexus_predictions_total{outcome="right"}[1h])) / (sum(rate(nexus_predictions_total[1h])) > 0)',
                legend: "all",
              },
            ],
            thresholds: redThenGreen(0.8),
            slos: ["learning-accuracy"],
            width: "two-thirds",
          },
          {
            meets: ["NX-10"],
            title: "Age of the model",
            description:
              "Time since the model in force was trained. A night's training keeps it below a day.",
            type: "stat",
            unit: "seconds",
            queries: [{ expr: "time() - max(nexus_model_trained_timestamp_seconds)", legend: "age" }],
            thresholds: [
              { value: 90_000, color: "yellow" },
              { value: 172_800, color: "red" },
            ],
            alerts: ["model-stale"],
            width: "third",
          },
        ],
      },
      {
        title: "What does it learn from",
        panels: [
          {
            meets: ["NX-4"],
            title: "Experiences stored",
            description: "Share of the 100,000 places that are taken. Above 90 % the team is told.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                expr: "max(nexus_experiences_stored) / (max(nexus_experiences_limit) > 0)",
                legend: "taken",
              },
            ],
            thresholds: [
              { value: 0.9, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["experiences-near-limit", "experiences-full", "experiences-full-soon"],
            width: "quarter",
          },
          {
            meets: ["NX-10"],
            title: "Experiences that come",
            description: "By hour. not-anonymous: refused because personal data could not be taken out.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              { expr: "sum by (outcome) (increase(nexus_experiences_total[1h]))", legend: "{{outcome}}" },
            ],
            width: "half",
          },
          {
            meets: ["NX-10"],
            title: "Personal data found",
            description:
              "Stored experiences of the last day in which the scan found personal data. Must be 0.",
            type: "stat",
            unit: "count",
            queries: [
              { expr: "sum by (kind) (increase(nexus_personal_data_found_total[1d]))", legend: "{{kind}}" },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["personal-data-stored"],
            width: "quarter",
          },
          {
            meets: ["NX-10"],
            title: "Waiting to be taken in",
            description: "Age of the oldest experience that waits, by pod. Below a minute is good.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              {
                expr: 'max by (pod) (nexus_experience_lag_seconds{pod=~"$pod"})',
                legend: "{{pod}}",
              },
            ],
            thresholds: [{ value: 600, color: "red" }],
            alerts: ["experience-intake-late"],
            width: "third",
          },
          {
            meets: ["NX-10"],
            title: "Patterns recognised",
            description: "New patterns of the last day, by kind. None for a week: it no longer learns.",
            type: "timeseries",
            unit: "per-day",
            queries: [
              {
                expr: "sum by (pattern) (increase(nexus_patterns_recognised_total[1d]))",
                legend: "{{pattern}}",
              },
            ],
            width: "third",
          },
          {
            meets: ["NX-10"],
            title: "Patterns known",
            description: "Patterns that predictions rest on, by kind.",
            type: "bar-gauge",
            unit: "count",
            queries: [{ expr: "max by (pattern) (nexus_patterns_known)", legend: "{{pattern}}" }],
            width: "third",
          },
          {
            meets: ["NX-10"],
            title: "Trainings",
            description: "Trainings of the last day, by how they ended. not-better is no fault.",
            type: "timeseries",
            unit: "per-day",
            queries: [
              {
                expr: "sum by (outcome) (increase(nexus_training_duration_seconds_count[1d]))",
                legend: "{{outcome}}",
              },
            ],
            width: "full",
          },
        ],
      },
      { title: "What does it carry and use", panels: using(served) },
    ],
  },
});
