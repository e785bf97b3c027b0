import { defineMetrics } from "fairlead";
import { resources } from "../label-values.ts";
import { services } from "../services.ts";

// At most twenty sessions run at once; the series of one that ended is gone at the next scrape.
const session = { atMost: 20 };

/** System: what sessions use of their limits, and what the guardian did about it (AH-2). */
export const guardianMetrics = defineMetrics(
  { services },
  {
    agenthive_session_resource_used_ratio: {
      meets: ["AH-2", "AH-5", "PM-3"],
      type: "gauge",
      class: "system",
      unit: "ratio",
      help: "What a session uses of its limit: 0.8 warns and slows it down, 1 stops what passed it.",
      services: ["resource-guardian"],
      labels: { session, resource: resources },
    },
    agenthive_session_memory_bytes: {
      meets: ["AH-2", "PM-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory in RAM of all processes of a session; the limit is 1 GiB.",
      services: ["resource-guardian"],
      labels: { session },
    },
    agenthive_session_cpu_seconds_total: {
      meets: ["AH-2", "PM-3"],
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time of all processes of a session; the limit is one core.",
      services: ["resource-guardian"],
      labels: { session },
    },
    agenthive_session_workspace_bytes: {
      meets: ["AH-2", "PM-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of a session's workspace; the limit is 1 GiB.",
      services: ["resource-guardian"],
      labels: { session },
    },
    agenthive_session_processes: {
      meets: ["AH-2", "PM-3"],
      type: "gauge",
      class: "system",
      help: "Processes of a session; the limit is 64.",
      services: ["resource-guardian"],
      labels: { session },
    },
    agenthive_guardian_actions_total: {
      meets: ["AH-2", "PM-3"],
      type: "counter",
      class: "system",
      help: "What the guardian did about a resource, and whether usage fell below the limit within 10 seconds.",
      services: ["resource-guardian"],
      labels: {
        resource: resources,
        action: ["slow-down", "clean-up", "stop-process", "stop-agent"],
        outcome: ["success", "failure"],
      },
    },
    agenthive_guardian_cleaned_bytes_total: {
      meets: ["AH-2", "PM-3"],
      type: "counter",
      class: "system",
      unit: "bytes",
      help: "Memory and disk that clean-ups gave back.",
      services: ["resource-guardian"],
      labels: { resource: ["memory", "disk"] },
    },
    agenthive_guardian_cleaned_processes_total: {
      meets: ["AH-2", "AH-9", "PM-3"],
      type: "counter",
      class: "system",
      help: "Orphaned processes that clean-ups ended.",
      services: ["resource-guardian"],
    },
    agenthive_guardian_sweep_age_seconds: {
      meets: ["AH-2", "PM-3"],
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "Time since the acting replica last looked at every session; 5 seconds are usual; the one on stand-by reports none.",
      services: ["resource-guardian"],
    },
    system_filesystem_usage_bytes: {
      meets: ["AH-2", "AH-5"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Space of a file system, by state.",
      services: ["resource-guardian"],
      labels: {
        system_filesystem_mountpoint: ["/workspaces", "/checkpoints"],
        system_filesystem_state: ["used", "free", "reserved"],
      },
    },
    system_filesystem_limit_bytes: {
      meets: ["AH-2", "AH-5"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of a file system.",
      services: ["resource-guardian"],
      labels: { system_filesystem_mountpoint: ["/workspaces", "/checkpoints"] },
    },
  },
);
