import { defineMetrics } from "fairlead";
import { coordinator, engines, learning } from "../label-values.ts";
import { services } from "../services.ts";

/** Of each instance, beside what the production base brings: its memory limit, and whether Redis answers it. */
export const instanceMetrics = defineMetrics(
  { services },
  {
    nexus_memory_limit_bytes: {
      meets: ["NX-4"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory that this instance was given, as its control group says; 64 GB is the most that it is made for.",
      services: [...engines],
    },
    nexus_redis_reachable: {
      meets: ["NX-1"],
      type: "gauge",
      class: "technical",
      help: "1 while this replica gets answers from Redis, 0 while it does not.",
      services: [coordinator, learning],
    },
  },
);
