import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

/** System: disk; processes are the base's. */
export const systemMetrics = defineMetrics(
  { services },
  {
    system_filesystem_usage_bytes: {
      meets: ["WV-6"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Space of a file system, by state.",
      services: ["autopilot"],
      labels: {
        system_filesystem_mountpoint: ["/evidence"],
        system_filesystem_state: ["used", "free", "reserved"],
      },
    },
    system_filesystem_limit_bytes: {
      meets: ["WV-6"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of a file system.",
      services: ["autopilot"],
      labels: { system_filesystem_mountpoint: ["/evidence"] },
    },
    weathervane_evidence_io_bytes_total: {
      meets: ["WV-5", "PM-3"],
      type: "counter",
      class: "system",
      unit: "bytes",
      help: "Bytes of evidence artifacts that were read from or written to the evidence volume.",
      services: ["autopilot", "dashboard-api"],
      labels: { direction: ["read", "write"] },
    },
    weathervane_evidence_io_operations_total: {
      meets: ["WV-5", "PM-3"],
      type: "counter",
      class: "system",
      help: "Reads and writes of evidence artifacts, by whether they succeeded.",
      services: ["autopilot", "dashboard-api"],
      labels: { direction: ["read", "write"], outcome: ["success", "failure"] },
    },
    weathervane_evidence_oldest_uncompressed_seconds: {
      meets: ["WV-14", "PM-3"],
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "Age of the oldest evidence artifact that is not compressed yet; 0 when there is none.",
      services: ["autopilot"],
    },
  },
);
