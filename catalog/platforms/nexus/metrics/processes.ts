import { defineMetrics } from "fairlead";
import { engines } from "../label-values.ts";
import { services } from "../services.ts";

/** System: processes, and the memory that they were given. */
export const processMetrics = defineMetrics(
  { services },
  {
    process_cpu_seconds_total: {
      meets: ["NX-3"],
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time that the process has used, in user and system mode.",
      services: [...engines, "housekeeper"],
    },
    process_resident_memory_bytes: {
      meets: ["NX-3", "NX-4"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory of the process that is in RAM.",
      services: [...engines, "housekeeper"],
    },
    process_start_time_seconds: {
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "When the process started, in seconds since 1970; a change is a restart.",
      services: [...engines, "housekeeper"],
    },
    nexus_memory_limit_bytes: {
      meets: ["NX-4"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory that this instance was given, as its control group says; 64 GB is the most that it is made for.",
      services: [...engines],
    },
  },
);
