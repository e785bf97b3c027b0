import { defineMetrics } from "fairlead";
import { learning, patterns } from "../label-values.ts";
import { services } from "../services.ts";

/** Business: what is learnt, from what, and how right it is. */
export const learningMetrics = defineMetrics(
  { services },
  {
    nexus_experiences_total: {
      meets: ["NX-10"],
      type: "counter",
      class: "business",
      help: "Experiences that arrived: stored after they were made anonymous, known already, refused because they could not be made anonymous, or because the store was full.",
      services: [learning],
      labels: { outcome: ["stored", "duplicate", "not-anonymous", "store-full"] },
    },
    nexus_experiences_stored: {
      meets: ["NX-4"],
      type: "gauge",
      class: "business",
      help: "Experiences in the shared store; every replica reports the same.",
      services: [learning],
    },
    nexus_experiences_limit: {
      meets: ["NX-4"],
      type: "gauge",
      class: "business",
      help: "Experiences that the shared store may hold (100,000); every replica reports the same.",
      services: [learning],
    },
    nexus_personal_data_found_total: {
      meets: ["NX-10"],
      type: "counter",
      class: "business",
      help: "Stored experiences in which the hourly scan found personal data that should have been taken out.",
      services: [learning],
      labels: { kind: ["name", "address", "account", "secret", "free-text"] },
    },
    nexus_patterns_recognised_total: {
      meets: ["NX-10"],
      type: "counter",
      class: "business",
      help: "Patterns that were recognised in experiences for the first time, by kind.",
      services: [learning],
      labels: { pattern: patterns },
    },
    nexus_patterns_known: {
      meets: ["NX-10"],
      type: "gauge",
      class: "business",
      help: "Patterns that predictions rest on now, by kind; every replica reports the same.",
      services: [learning],
      labels: { pattern: patterns },
    },
    nexus_predictions_total: {
      meets: ["NX-2"],
      type: "counter",
      class: "business",
      help: "Predictions whose truth is known by now, by whether they were right (duration: within 20 %; success: as predicted).",
      services: [learning],
      labels: { prediction: ["duration", "success", "best-agent"], outcome: ["right", "wrong"] },
    },
    nexus_training_duration_seconds: {
      meets: ["NX-10"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of one training of the model.",
      services: [learning],
      labels: { outcome: ["promoted", "not-better", "failed"] },
      buckets: [10, 30, 60, 120, 300, 600, 1200, 1800, 3600],
    },
    nexus_model_trained_timestamp_seconds: {
      meets: ["NX-10"],
      type: "gauge",
      class: "technical",
      unit: "seconds",
      help: "When the model in force was trained, in seconds since 1970; every replica reports its own.",
      services: [learning],
    },
    nexus_experience_lag_seconds: {
      meets: ["NX-10"],
      type: "gauge",
      class: "technical",
      unit: "seconds",
      help: "Age of the oldest experience that has arrived and is not taken in yet; 0 when none waits.",
      services: [learning],
    },
  },
);
