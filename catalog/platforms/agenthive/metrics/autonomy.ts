import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

/** Business: how much the hive does by itself, and what that does to the code (AH-14, AH-16). User: who watches it. */
export const autonomyMetrics = defineMetrics(
  { services },
  {
    agenthive_decisions_total: {
      meets: ["AH-14", "PM-3"],
      type: "counter",
      class: "business",
      help: "Decisions of sessions, by who made them and whether they were taken back later.",
      services: ["session-manager"],
      labels: { maker: ["agent", "person"], outcome: ["kept", "taken-back"] },
    },
    agenthive_autonomy_score_ratio: {
      meets: ["AH-14", "PM-3"],
      type: "gauge",
      class: "business",
      unit: "ratio",
      help: "Share of the last day's decisions that an agent made and nobody took back, weighted by risk; the lease holder reports it.",
      services: ["session-manager"],
    },
    agenthive_technical_debt_seconds: {
      meets: ["AH-14", "PM-3"],
      type: "gauge",
      class: "business",
      unit: "seconds",
      help: "Estimated working time that it would take to mend what static analysis finds; measured hourly by the lease holder.",
      services: ["session-manager"],
      labels: { category: ["complexity", "duplication", "coverage", "dependencies", "security"] },
    },
    agenthive_code_coverage_ratio: {
      meets: ["AH-16", "PM-3"],
      type: "gauge",
      class: "business",
      unit: "ratio",
      help: "Share of the code that tests run through, as a whole and in the parts marked critical; the lease holder reports it.",
      services: ["session-manager"],
      labels: { scope: ["all", "critical"] },
    },
    agenthive_self_modifications_total: {
      meets: ["AH-16", "PM-3"],
      type: "counter",
      class: "business",
      help: "Changes of the hive to its own code, by the last step that they came to.",
      services: ["session-manager"],
      labels: { outcome: ["applied", "rejected-by-validation", "rolled-back"] },
    },
    agenthive_dashboard_viewers: {
      meets: ["AH-14", "PM-3"],
      type: "gauge",
      class: "user",
      help: "People who have the dashboard open: live event streams of this replica.",
      services: ["hive-api"],
      labels: { device: ["phone", "desktop"] },
    },
  },
);
