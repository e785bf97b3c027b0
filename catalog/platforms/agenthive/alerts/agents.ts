import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  attempts,
  backToNormal,
  hivectl,
  logs,
  modelErrors,
  noNewWork,
  openBreakers,
  podsOf,
  releasesOf,
  restartSpawnManager,
  rollBack,
  type Step,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const lostAgents: Step = {
  do: "List agents that give no sign of life, and what they were doing.",
  command: hivectl("agents list --state unresponsive"),
  good: "empty: they were replaced",
  bad: "the same tool in several: that tool hangs",
};

/** Alerts of agents that are lost or left over (AH-9). */
export const agentAlerts = defineAlerts(
  { services, metrics },
  {
    "agent-unresponsive": {
      meets: ["AH-9"],
      summary: "Unresponsive agents of type {{ $labels.agent_type }} are not replaced",
      description:
        "An agent of type {{ $labels.agent_type }} gives no sign of life, and 15 seconds later nobody has replaced it.",
      severity: "critical",
      service: "spawn-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_agents",
        where: { state: "unresponsive" },
        aggregate: "sum",
        by: ["agent_type"],
        is: ">",
        value: 0,
      },
      for: "15s",
      because: "recovery takes 5 seconds; three times that is no single slow start",
      direct: true,
      runbook: {
        meaning:
          "Agents give a sign of life every second. After 5 seconds without one an agent is ended and replaced, within 5 more.",
        impact: "Its task stands still. If replacing does not work at all, every lost agent stays lost.",
        diagnosis: [
          lostAgents,
          attempts,
          modelErrors,
          {
            do: "See whether Redis, through which signs of life go, answers.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli ping",
            good: "PONG",
            bad: "anything else: restart Redis first",
          },
          podsOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "Replace it by hand; AGENT from the list.",
            command: hivectl("agents restart AGENT"),
            good: "prints alive within 5 seconds",
          },
          restartSpawnManager,
        ],
        rollback: [rollBack("spawn-manager")],
      },
    },
    "agents-restart-often": {
      meets: ["AH-9"],
      summary:
        "Agents of type {{ $labels.agent_type }} were restarted more than 5 times in 15 minutes ({{ $labels.reason }})",
      description:
        "More than five agents of type {{ $labels.agent_type }} were restarted within 15 minutes; reason: {{ $labels.reason }}.",
      severity: "warning",
      service: "spawn-manager",
      when: {
        kind: "increase",
        metric: "agenthive_agent_restarts_total",
        where: { reason: { not: "requested" } },
        window: "15m",
        by: ["agent_type", "reason"],
        is: ">",
        value: 5,
      },
      runbook: {
        meaning: "The same thing keeps happening to agents of this type: a restart does not mend it.",
        impact:
          "Their tasks start again and again from the last checkpoint and use up tokens without getting further.",
        diagnosis: [
          lostAgents,
          {
            do: "crashed: read why.",
            command: logs(
              "spawn-manager",
              'select(.event == "agent-ended" and .outcome == "crashed") | {time, agent_type, session_id, exit_code, stderr}',
            ),
            bad: "the same words in stderr each time: a fault of that agent",
          },
          {
            do: "resources: see which limit.",
            query: "sum by (resource, action) (increase(agenthive_guardian_actions_total[15m])) > 0",
            good: "nothing: no limit was reached",
            bad: "one resource leads",
          },
          openBreakers,
          releasesOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "If one task is behind it, set it aside.",
            command: hivectl("tasks quarantine TASK"),
            good: "restarts stop within a minute",
          },
          { ...noNewWork, do: "If all tasks of the type are affected, take no new work." },
        ],
        rollback: [rollBack("spawn-manager"), backToNormal],
      },
    },
    "zombie-processes": {
      meets: ["AH-9"],
      summary: "Processes that ended were not collected in {{ $labels.pod }}",
      description:
        "At least one process in {{ $labels.pod }} ended more than 5 seconds ago and still stands in the process table. This must never happen.",
      severity: "critical",
      service: "spawn-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_zombie_processes",
        aggregate: "max",
        by: ["pod"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "The spawn manager must collect every process that ends in its pod. Its collector hangs, or a child's child escaped it.",
        impact:
          "None at first. Each one takes a place in the process table; when it is full, no agent of the pod can start.",
        diagnosis: [
          {
            do: "See which pod, and how many.",
            query: "max by (pod) (agenthive_zombie_processes)",
            good: "1 in one pod",
            bad: "a number that grows: act now",
          },
          {
            do: "Find them and their parents; Z under STAT. POD from above.",
            command: "kubectl -n $NAMESPACE exec POD -- ps -eo pid,ppid,stat,etime,args",
            bad: "PPID 1: the collector hangs. Another PPID: that agent does not collect its own children",
          },
          releasesOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "End the agent whose children they are; AGENT has the PPID from above.",
            command: hivectl("agents restart AGENT"),
            good: "the number falls to 0 within 10 seconds",
          },
          {
            do: "PPID 1: replace the pod; its agents go on elsewhere.",
            command: "kubectl -n $NAMESPACE delete pod POD",
          },
        ],
        rollback: [rollBack("spawn-manager")],
      },
    },
  },
);
