import { defineSlos } from "fairlead";
import { metrics } from "./metrics.ts";
import { morePods, pods, queue, redisLatency, releases, rollBack } from "./runbook-steps.ts";
import { services } from "./services.ts";

const service = "multi-agent-coordinator";
const serverErrors = ["500", "502", "503", "504"];

export const slos = defineSlos(
  { services, metrics },
  {
    "coordinator-availability": {
      meets: ["NX-2"],
      title: "Coordinator answers",
      description: "Of a thousand requests to the coordinator at most one is answered with a server error.",
      service,
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrors },
        },
        total: { metric: "http_server_request_duration_seconds" },
      },
      minimumEvents: 1000,
      runbook: {
        meaning: "The coordinator answers too many requests with 500, 502, 503 or 504.",
        impact:
          "Tasks are not taken, and agents drop out because their heartbeats fail. Queued tasks are kept in Redis.",
        diagnosis: [
          {
            do: "Find the routes and codes that fail.",
            query:
              'sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) > 0',
            good: "nothing: it is over",
            bad: "503 everywhere: Redis or too few pods. One route with 500: a fault in its code",
          },
          pods,
          redisLatency,
          releases,
        ],
        mitigation: [
          {
            do: "Restart the pods, one after the other, if they hang.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/multi-agent-coordinator",
            good: "errors stop within two minutes",
          },
          morePods,
        ],
        rollback: [rollBack],
      },
    },
    "coordinator-response": {
      meets: ["NX-2"],
      title: "Coordinator responds within 100 ms",
      description: "Of twenty requests to the coordinator at least nineteen are answered within 100 ms.",
      service,
      objective: "95%",
      sli: { kind: "latency", metric: "http_server_request_duration_seconds", threshold: "100ms" },
      minimumEvents: 1000,
      runbook: {
        meaning: "Too many requests to the coordinator take longer than 100 ms.",
        impact: "Agents wait for work, and end-to-end answers come late.",
        diagnosis: [
          {
            do: "Find the slow routes.",
            query:
              "histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket[5m])))",
            good: "all below 0.1",
            bad: "one route: its code. All routes: load or Redis",
          },
          {
            do: "See the load; a pod carries 1,000 operations a second.",
            query: "sum by (pod) (rate(http_server_request_duration_seconds_count[5m]))",
            good: "below 1000 for each pod",
            bad: "above 1000: too few pods",
          },
          redisLatency,
          releases,
        ],
        mitigation: [morePods, { do: "If the trouble began with a release, roll it back as shown below." }],
        rollback: [rollBack],
      },
    },
    "task-completion": {
      meets: ["NX-2"],
      title: "Tasks are completed",
      description:
        "Of twenty tasks at least nineteen are completed; a task that was refused or failed counts against it.",
      service,
      objective: "95%",
      sli: {
        kind: "good-events",
        good: { metric: "nexus_tasks_total", where: { outcome: "completed" } },
        // A task that its sender withdrew did not fail.
        total: { metric: "nexus_tasks_total", where: { outcome: { not: "cancelled" } } },
      },
      minimumEvents: 100,
      runbook: {
        meaning: "Too many tasks fail, or are refused because the queue is full.",
        impact: "Work that users asked for is not done.",
        diagnosis: [
          {
            do: "See how tasks end.",
            query: "sum by (outcome) (rate(nexus_tasks_total[5m]))",
            good: "nearly all completed: it is over",
            bad: "rejected: the queue is full. failed: agents fail",
          },
          queue,
          {
            do: "See whether agents have left.",
            query: "sum by (agent_type) (nexus_agents_registered)",
            good: "as yesterday at this time",
            bad: "a type is missing: its tasks find nobody and fail",
          },
          releases,
        ],
        mitigation: [
          { do: "If a type of agent is missing, restart its agents; they register by themselves." },
          morePods,
        ],
        rollback: [rollBack],
      },
    },
    "coordination-cycle": {
      meets: ["NX-2"],
      title: "Coordination cycles stay below a second",
      description: "Of twenty coordination cycles at least nineteen take less than a second.",
      service,
      objective: "95%",
      sli: { kind: "latency", metric: "nexus_coordination_cycle_duration_seconds", threshold: "1s" },
      minimumEvents: 100,
      runbook: {
        meaning:
          "Matching, scheduling, balancing and resolving conflicts together take longer than a second.",
        impact: "Tasks are given out late; agents stand idle while tasks wait.",
        diagnosis: [
          {
            do: "See how long cycles take, by pod.",
            query:
              "histogram_quantile(0.95, sum by (pod, le) (rate(nexus_coordination_cycle_duration_seconds_bucket[5m])))",
            good: "all below 1",
            bad: "one pod: restart it. All pods: load, conflicts or Redis",
          },
          {
            do: "See whether conflicts pile up.",
            query: 'sum by (strategy) (rate(nexus_conflicts_total{outcome="unresolved"}[5m]))',
            good: "near 0",
            bad: "one strategy stands out: agents fight for the same thing",
          },
          {
            do: "See whether a replica has more than 100 agents.",
            query: "sum by (pod) (nexus_agents_registered)",
            good: "at most 100",
            bad: "above 100: more than a coordinator is made for",
          },
          redisLatency,
          releases,
        ],
        mitigation: [morePods],
        rollback: [rollBack],
      },
    },
    "end-to-end-response": {
      meets: ["NX-2"],
      title: "Answers end to end within 2 s",
      description: "Of twenty tasks at least nineteen are answered within two seconds of their arrival.",
      service,
      objective: "95%",
      sli: { kind: "latency", metric: "nexus_task_duration_seconds", threshold: "2s" },
      minimumEvents: 100,
      runbook: {
        meaning: "Too many tasks take longer than two seconds from arrival to answer.",
        impact: "Users wait.",
        diagnosis: [
          queue,
          {
            do: "See whether all priorities are slow.",
            query:
              "histogram_quantile(0.95, sum by (priority, le) (rate(nexus_task_duration_seconds_bucket[5m])))",
            good: "all below 2",
            bad: "only low: the queue is long. All: coordinator or agents",
          },
          {
            do: "See whether the coordinator itself is slow.",
            query:
              "histogram_quantile(0.95, sum by (le) (rate(nexus_coordination_cycle_duration_seconds_bucket[5m])))",
            good: "below 1: the agents are slow",
            bad: "above 1: follow the runbook of the coordination cycle",
          },
          releases,
        ],
        mitigation: [
          morePods,
          { do: "If agents are slow or few, start more of the type that the queue waits for." },
        ],
        rollback: [rollBack],
      },
    },
  },
);
