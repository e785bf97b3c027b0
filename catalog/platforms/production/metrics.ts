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
  },
);
