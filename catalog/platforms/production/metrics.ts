import { defineMetrics } from "fairlead";
import { services } from "./services.ts";

/** The little that the base cannot know. */
export const metrics = defineMetrics(
  { services },
  {
    production_queue_workflows: {
      meets: ["PM-3"],
      type: "gauge",
      class: "business",
      help: "Workflows that wait in the shared queue; every worker reports the same.",
      services: ["worker"],
    },
    upkeep_last_success_timestamp_seconds: {
      meets: ["PM-13"],
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "When a chore last succeeded, in seconds since 1970.",
      services: ["upkeep-metrics"],
      labels: { chore: ["backup", "restore-test", "vacuum"] },
    },
    upkeep_backup_size_bytes: {
      meets: ["PM-13"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of the last copy, compressed.",
      services: ["upkeep-metrics"],
    },
    upkeep_restored_rows: {
      meets: ["PM-13"],
      type: "gauge",
      class: "system",
      help: "Rows that the last restore test brought back.",
      services: ["upkeep-metrics"],
    },
  },
);
