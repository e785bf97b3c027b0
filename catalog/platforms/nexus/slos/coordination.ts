import { defineSlos } from "fairlead";
import { coordinator } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  agentsByType,
  ifReleased,
  lessPodsLater,
  moreAgents,
  morePods,
  queue,
  releasesOf,
  rollBack,
  storesAsSeenBy,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** What Nexus as a whole promises for tasks (NX-2). */
export const coordinationSlos = defineSlos(
  { services, metrics },
  {
    "task-completion": {
      meets: ["NX-2"],
      title: "Tasks are completed",
      description:
        "Of twenty tasks at least nineteen are completed; a task that was refused or failed counts against it.",
      service: coordinator,
      objective: "95%",
      budgetForecast: { within: "3d", basedOn: "1d" },
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
          agentsByType,
          {
            do: "See whether tasks find an agent with the capabilities that they need.",
            query: 'sum by (agent_type) (rate(nexus_capability_matches_total{outcome="unmatched"}[5m]))',
            good: "near 0 for every type",
            bad: "one type stands out: start agents of it",
          },
          releasesOf(coordinator),
        ],
        mitigation: [
          moreAgents,
          { do: "If a type of agent is missing, restart its agents; they register by themselves." },
          morePods(coordinator),
          ifReleased,
        ],
        rollback: [rollBack(coordinator), lessPodsLater],
      },
    },
    "coordination-cycle": {
      meets: ["NX-2", "NX-5"],
      title: "Coordination cycles stay below a second",
      description: "Of twenty coordination cycles at least nineteen take less than a second.",
      service: coordinator,
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
          storesAsSeenBy(coordinator),
          releasesOf(coordinator),
        ],
        mitigation: [
          {
            do: "If one pod is slow, take it out; its agents register at the others.",
            command: "kubectl -n $NAMESPACE delete pod POD",
            good: "a new pod is ready within a minute",
          },
          morePods(coordinator),
          ifReleased,
        ],
        rollback: [rollBack(coordinator), lessPodsLater],
      },
    },
    "end-to-end-response": {
      meets: ["NX-2"],
      title: "Answers end to end within 2 s",
      description: "Of twenty tasks at least nineteen are answered within two seconds of their arrival.",
      service: coordinator,
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
            do: "See how much of it is waiting.",
            query:
              "histogram_quantile(0.95, sum by (priority, le) (rate(nexus_task_wait_seconds_bucket[5m])))",
            good: "below 0.5: the agents themselves are slow",
            bad: "above 1: too few agents, or slow coordination cycles",
          },
          {
            do: "See whether the coordinator itself is slow.",
            query:
              "histogram_quantile(0.95, sum by (le) (rate(nexus_coordination_cycle_duration_seconds_bucket[5m])))",
            good: "below 1: the agents are slow or few",
            bad: "above 1: follow the runbook of the coordination cycle",
          },
          releasesOf(coordinator),
        ],
        mitigation: [moreAgents, morePods(coordinator), ifReleased],
        rollback: [rollBack(coordinator), lessPodsLater],
      },
    },
  },
);
