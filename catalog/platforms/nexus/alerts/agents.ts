import { defineAlerts } from "fairlead";
import { coordinator } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  agentsByType,
  cycleTimes,
  logs,
  moreAgents,
  nexusctl,
  releasesOf,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const agentsByPod = {
  do: "See how the agents are spread.",
  query: "sum by (pod) (nexus_agents_registered)",
  good: "evenly: there are simply many agents",
  bad: "one pod has nearly all: balancing does not work",
};

const onePodMore = {
  do: "Evenly spread: run one coordinator more; agents that register next go there.",
  command: `MIN=$(kubectl -n $NAMESPACE get hpa ${coordinator} -o jsonpath='{.spec.minReplicas}') && kubectl -n $NAMESPACE patch hpa ${coordinator} --patch "{\\"spec\\":{\\"minReplicas\\":$((MIN + 1))}}"`,
  good: "a new pod is ready within a minute, and the others' numbers fall",
};

const emptyThePod = {
  do: "Unevenly spread: take the full pod out; its agents register again, at the pods with the fewest.",
  command: "kubectl -n $NAMESPACE delete pod POD",
  good: "no pod has more than 90",
};

const onePodLess = {
  do: "The raised minimum goes back to the catalog's with the next deploy; raise it there too if the agents stay.",
};

/** Alerts of the agents: how many there are, and of what types. */
export const agentAlerts = defineAlerts(
  { services, metrics },
  {
    "agents-near-limit": {
      meets: ["NX-4"],
      summary: "Coordinator {{ $labels.pod }} has more than 90 of 100 agents",
      description: "Coordinator {{ $labels.pod }} has more than 90 agents; it is made for 100 at once.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "gauge-ratio",
        part: { metric: "nexus_agents_registered" },
        whole: { metric: "nexus_agents_limit" },
        by: ["pod"],
        is: ">",
        value: "90%",
      },
      for: "5m",
      because: "agents that end make room, and a new coordinator takes over those that come within minutes",
      cause: "agents",
      runbook: {
        meaning: "One replica of the coordinator looks after nearly as many agents as it is made for.",
        impact: "None yet. At 100 agents it refuses the next one that registers.",
        diagnosis: [agentsByPod, cycleTimes],
        mitigation: [onePodMore, emptyThePod],
        rollback: [onePodLess],
      },
    },
    "agents-refused": {
      meets: ["NX-4", "NX-5"],
      summary: "Agents of type {{ $labels.agent_type }} are refused",
      description:
        "Coordinators refused to register agents of type {{ $labels.agent_type }}, mostly because they have 100 agents already.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "increase",
        metric: "nexus_agent_registrations_total",
        where: { event: "refused" },
        window: "15m",
        by: ["agent_type"],
        is: ">",
        value: 0,
      },
      cause: "agents",
      runbook: {
        meaning:
          "A coordinator turned an agent away: it is full, the token lacks the role, or the capabilities were not readable.",
        impact: "The refused agents get no work; tasks that need their type wait longer.",
        diagnosis: [
          agentsByPod,
          {
            do: "Read why they were refused.",
            command: logs(coordinator, 'select(.event == "agent-refused") | {time, agent_type, reason}'),
            good: "limit: too many agents for these pods",
            bad: "missing-role: their tokens. bad-capabilities: a new release of the agents",
          },
          agentsByType,
          cycleTimes,
          releasesOf(coordinator),
        ],
        mitigation: [
          onePodMore,
          emptyThePod,
          { do: "If their tokens lack the role, ask whoever runs the agents to have them issued anew." },
        ],
        rollback: [onePodLess, rollBack(coordinator)],
      },
    },
    "agent-type-missing": {
      meets: ["NX-5"],
      summary: "No agent of type {{ $labels.agent_type }}",
      description: "For ten minutes no agent of type {{ $labels.agent_type }} has been registered anywhere.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "threshold",
        metric: "nexus_agents_registered",
        aggregate: "sum",
        by: ["agent_type"],
        is: "<",
        value: 1,
      },
      for: "10m",
      because: "agents of a type are started anew with a release, which takes some minutes",
      runbook: {
        meaning: "All agents of one type have left or sent no heartbeat for 30 seconds.",
        impact: "Tasks that need this type wait, and fail when they have waited too long.",
        diagnosis: [
          {
            do: "See whether they left or were lost.",
            query: "sum by (agent_type, event) (increase(nexus_agent_registrations_total[1h])) > 0",
            good: "left: somebody stopped them, perhaps on purpose",
            bad: "expired: they crashed, or the network between is broken",
          },
          {
            do: "See how many tasks need them.",
            query: 'sum by (agent_type) (increase(nexus_capability_matches_total{outcome="unmatched"}[15m]))',
            good: "0: nothing waits for them",
            bad: "many: tasks fail now",
          },
          {
            do: "Read the last heartbeats.",
            command: nexusctl(coordinator, "agents list --gone --since 1h"),
            bad: "all of the type at about the same time: their release or their node. One after the other: they crash",
          },
        ],
        mitigation: [
          moreAgents,
          { do: "If they crash, go back to the release of the agents before; their owner knows how." },
        ],
      },
    },
    "tasks-without-agent": {
      meets: ["NX-5"],
      summary: "More than 10 % of the searches for {{ $labels.agent_type }} agents find none",
      description:
        "In the last 15 minutes more than 10 % of the searches for an agent of type {{ $labels.agent_type }} found none that was capable and free.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_capability_matches_total", where: { outcome: "unmatched" } },
        whole: { metric: "nexus_capability_matches_total" },
        window: "15m",
        by: ["agent_type"],
        is: ">",
        value: "10%",
        minimumEvents: 50,
      },
      runbook: {
        meaning: "There are too few agents of the type, or none with the capabilities that tasks ask for.",
        impact: "These tasks go back to the queue and wait; the queue fills.",
        diagnosis: [
          agentsByType,
          {
            do: "See how busy they are.",
            query: "max by (agent_type) (nexus_agent_busy_ratio)",
            good: "below 0.9: there are enough, but without the capability",
            bad: "at 1: there are too few",
          },
          {
            do: "See which capabilities nobody has.",
            command: nexusctl(coordinator, "capabilities unmatched --last 15m"),
            good: "a few different ones",
            bad: "one capability: a new kind of task, or agents that lost it in a release",
          },
        ],
        mitigation: [
          moreAgents,
          { do: "If a capability is missing everywhere, ask the senders of such tasks to hold back." },
        ],
      },
    },
  },
);
