import { defineMetrics } from "fairlead";
import { engines, enhancements, optimizations, optimizer } from "../label-values.ts";
import { services } from "../services.ts";

/** Business: what is decided and applied, and what it brings. */
export const optimizerMetrics = defineMetrics(
  { services },
  {
    nexus_metric_samples_total: {
      meets: ["NX-4"],
      type: "counter",
      class: "technical",
      help: "Samples of metrics that the optimizer took in or dropped because too many came at once.",
      services: [optimizer],
      labels: { outcome: ["stored", "dropped"] },
    },
    nexus_decisions_total: {
      meets: ["NX-2", "NX-10"],
      type: "counter",
      class: "business",
      help: "Decisions on an optimisation, by whether the confidence reached 80 % and whether it was acted upon.",
      services: [optimizer],
      labels: {
        optimization: optimizations,
        confidence: ["sufficient", "insufficient"],
        action: ["applied", "recommended", "dropped"],
      },
    },
    nexus_decision_confidence_ratio: {
      meets: ["NX-2"],
      type: "histogram",
      class: "business",
      unit: "ratio",
      help: "Confidence of decisions, from 0 (a guess) to 1 (certain).",
      services: [optimizer],
      labels: { optimization: optimizations },
      // 0.8 is the objective, 0.87 what was reached elsewhere (NX-2).
      buckets: [0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.87, 0.9, 0.95, 0.99],
    },
    nexus_decision_confidence_mean_ratio: {
      meets: ["NX-2"],
      type: "gauge",
      class: "business",
      unit: "ratio",
      help: "Mean confidence of all decisions of the last hour; the last known one while none is made. Every replica reports the same.",
      services: [optimizer],
    },
    nexus_optimizations_total: {
      meets: ["NX-10"],
      type: "counter",
      class: "business",
      help: "Optimisations whose effect was measured, an hour after they were applied: kept, taken back because they did harm, or failed to apply.",
      services: [optimizer],
      labels: { optimization: optimizations, outcome: ["kept", "rolled-back", "failed"] },
    },
    nexus_performance_improvement_ratio: {
      meets: ["NX-2"],
      type: "gauge",
      class: "business",
      unit: "ratio",
      help: "What the optimisations in force gain against the baseline without them, over the last hour; 0.25 is a quarter faster. Every replica reports the same.",
      services: [optimizer],
    },
    nexus_reliability_enhancements_total: {
      meets: ["NX-10"],
      type: "counter",
      class: "business",
      help: "Reliability enhancements, by type and by whether applying them succeeded.",
      services: [optimizer],
      labels: { enhancement: enhancements, outcome: ["applied", "failed"] },
    },
    nexus_component_health_ratio: {
      meets: ["NX-10"],
      type: "gauge",
      class: "business",
      unit: "ratio",
      help: "Health of a part as the optimizer sees it, from error rate, latency and wear: 1 as new, below 0.5 in need of maintenance.",
      services: [optimizer],
      labels: { component: [...engines, "redis", "postgres", "agents"] },
    },
  },
);
