import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  attempts,
  hivectl,
  logs,
  podsOf,
  releasesOf,
  restartSpawnManager,
  rollBack,
  type Step,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const spawnErrors: Step = {
  do: "Read what failed starts said.",
  command: logs(
    "spawn-manager",
    'select(.event == "spawn-failed") | {time, agent_type, attempt, reason, stderr}',
  ),
  bad: "no space, no memory or no process: a limit of the pod. not found: the release",
};

/** Alerts of starting and ending agents (AH-7). */
export const spawningAlerts = defineAlerts(
  { services, metrics },
  {
    "agent-spawn-failed": {
      meets: ["AH-7"],
      summary: "An agent of type {{ $labels.agent_type }} could not be started",
      description:
        "Three attempts to start an agent of type {{ $labels.agent_type }} failed. There must be none in 24 hours.",
      severity: "critical",
      service: "spawn-manager",
      when: {
        kind: "increase",
        metric: "agenthive_spawns_total",
        where: { outcome: "failure" },
        window: "15m",
        by: ["agent_type"],
        is: ">",
        value: 0,
      },
      direct: true,
      invariant: true,
      runbook: {
        meaning:
          "An attempt may take 30 seconds; the second follows after 2 seconds, the third after 4. All three failed.",
        impact:
          "Its task waits for another agent. If the type cannot be started at all, all its tasks wait and sessions fail.",
        diagnosis: [
          attempts,
          spawnErrors,
          {
            do: "See whether it is one type or all.",
            query: 'sum by (agent_type) (increase(agenthive_spawns_total{outcome="failure"}[1h])) > 0',
            good: "one type, once: a single case",
            bad: "all types: a spawn manager, the workspaces volume or the model gateway",
          },
          podsOf("spawn-manager"),
          releasesOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "Try it by hand; TYPE is the type of the alert.",
            command: hivectl("agents spawn TYPE --probe"),
            good: "prints alive within 30 seconds",
          },
          restartSpawnManager,
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("spawn-manager")],
      },
    },
    "spawn-retries-high": {
      meets: ["AH-7"],
      summary: "More than 10 % of attempts to start an agent fail",
      description:
        "In the last half hour more than 10 % of the attempts to start an agent failed or timed out.",
      severity: "warning",
      service: "spawn-manager",
      when: {
        kind: "event-ratio",
        part: { metric: "agenthive_spawn_attempts_total", where: { outcome: ["error", "timeout"] } },
        whole: { metric: "agenthive_spawn_attempts_total" },
        window: "30m",
        is: ">",
        value: "10%",
        minimumEvents: 20,
      },
      runbook: {
        meaning:
          "Retries still save most starts. With one attempt in ten failing, three in a row fail once in a thousand.",
        impact:
          "Agents start 2 to 6 seconds later, and lost ones are replaced later than the promised 5 seconds.",
        diagnosis: [
          attempts,
          spawnErrors,
          {
            do: "See how long starts take.",
            query:
              "histogram_quantile(0.95, sum by (agent_type, le) (rate(agenthive_spawn_duration_seconds_bucket[15m])))",
            good: "below 2",
            bad: "towards 30: CPU, the workspaces volume or a slow set-up",
          },
          podsOf("spawn-manager"),
        ],
        mitigation: [
          restartSpawnManager,
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("spawn-manager")],
      },
    },
    "agent-termination-stuck": {
      meets: ["AH-7", "AH-9"],
      summary: "An agent could not be ended",
      description: "An agent was asked to end, killed after 10 seconds, and is still there.",
      severity: "warning",
      service: "spawn-manager",
      when: {
        kind: "increase",
        metric: "agenthive_terminations_total",
        where: { outcome: "stuck" },
        window: "15m",
        is: ">",
        value: 0,
      },
      runbook: {
        meaning:
          "A process that survives being killed waits in the kernel, mostly for a file system that does not answer.",
        impact: "It holds its memory and its place. Its task was given to another agent.",
        diagnosis: [
          {
            do: "Find it; D under STAT waits in the kernel.",
            command:
              "kubectl -n $NAMESPACE exec deployment/spawn-manager -- ps -eo pid,stat,etime,wchan:20,args --sort=-etime",
            bad: "D with nfs or fuse under WCHAN: the workspaces volume",
          },
          {
            do: "See whether it stays a single case.",
            query: "sum by (outcome) (increase(agenthive_terminations_total[1d]))",
            good: "killed and stuck are below 1 % of all",
            bad: "killed leads: agents ignore the request to end",
          },
          podsOf("spawn-manager"),
        ],
        mitigation: [{ do: "Once the volume answers the process ends by itself." }, restartSpawnManager],
      },
    },
  },
);
