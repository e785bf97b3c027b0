import { defineMetrics } from "fairlead";
import { services } from "./services.ts";

const coordinator = "multi-agent-coordinator";
const priorities = ["urgent", "normal", "low"];
// The kinds of agents and of conflict resolution are set when a platform is installed; their numbers are NX-5's.
const agentTypes = { atMost: 8 };
const strategies = { atMost: 5 };

export const metrics = defineMetrics(
  { services },
  {
    http_server_request_duration_seconds: {
      meets: ["NX-2"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of HTTP server requests; probes are left out.",
      services: [coordinator],
      labels: {
        http_request_method: ["GET", "POST", "PUT", "DELETE"],
        http_route: [
          "/v1/tasks",
          "/v1/tasks/{id}",
          "/v1/agents",
          "/v1/agents/{id}",
          "/v1/agents/{id}/heartbeat",
          "/v1/status",
        ],
        http_response_status_code: [
          ...["200", "201", "202", "204"],
          ...["400", "401", "403", "404", "409", "422", "429"],
          ...["500", "502", "503", "504"],
        ],
      },
      buckets: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    },
    nexus_tasks_total: {
      meets: ["NX-2"],
      type: "counter",
      class: "business",
      help: "Tasks that ended, by outcome; a rejected task was never taken because the queue was full.",
      services: [coordinator],
      labels: { outcome: ["completed", "failed", "cancelled", "rejected"] },
    },
    nexus_task_duration_seconds: {
      meets: ["NX-2"],
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "Time from a task's arrival to its answer, waiting included.",
      services: [coordinator],
      labels: { priority: priorities },
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10],
    },
    nexus_coordination_cycle_duration_seconds: {
      meets: ["NX-2"],
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of one coordination cycle: match, schedule, balance, resolve conflicts.",
      services: [coordinator],
      buckets: [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 5],
    },
    nexus_queue_tasks: {
      meets: ["NX-4"],
      type: "gauge",
      class: "business",
      help: "Tasks that wait in the shared queue; every replica reports the same.",
      services: [coordinator],
      labels: { priority: priorities },
    },
    nexus_queue_limit_tasks: {
      meets: ["NX-4"],
      type: "gauge",
      class: "business",
      help: "Tasks that the shared queue may hold (1,000); every replica reports the same.",
      services: [coordinator],
    },
    nexus_agents_registered: {
      meets: ["NX-4"],
      type: "gauge",
      class: "business",
      help: "Agents that are registered at this replica and sent a heartbeat within 30 s.",
      services: [coordinator],
      labels: { agent_type: agentTypes },
    },
    nexus_agent_assignments_total: {
      type: "counter",
      class: "business",
      help: "Tasks given to agents, by the agent's type.",
      services: [coordinator],
      labels: { agent_type: agentTypes },
    },
    nexus_conflicts_total: {
      type: "counter",
      class: "technical",
      help: "Conflicts between agents, by the strategy that was tried and whether it resolved them.",
      services: [coordinator],
      labels: { strategy: strategies, outcome: ["resolved", "unresolved"] },
    },
    nexus_redis_reachable: {
      type: "gauge",
      class: "technical",
      help: "1 while this replica gets answers from Redis, 0 while it does not.",
      services: [coordinator],
    },
    db_client_operation_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Duration of Redis commands; error_type is empty for those that succeeded.",
      services: [coordinator],
      labels: { db_system_name: ["redis"], error_type: ["", "timeout", "connection", "_OTHER"] },
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    },
    process_cpu_seconds_total: {
      meets: ["NX-3"],
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time that the process has used, in user and system mode.",
      services: [coordinator],
    },
    process_resident_memory_bytes: {
      meets: ["NX-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory of the process that is in RAM.",
      services: [coordinator],
    },
  },
);
