import { defineSlos } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  limits,
  logs,
  modelErrors,
  noNewWork,
  openBreakers,
  podsOf,
  releasesOf,
  restartSpawnManager,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

export const sessionSlos = defineSlos(
  { services, metrics },
  {
    "sessions-of-24-hours": {
      meets: ["AH-1"],
      title: "Sessions last 24 hours",
      description: "Of a hundred sessions that were to run for 24 hours at most one fails before.",
      service: "session-manager",
      objective: "99%",
      budgetForecast: { within: "3d", basedOn: "1d" },
      sli: {
        kind: "bad-events",
        bad: {
          metric: "agenthive_session_milestones_total",
          where: { milestone: "24h", outcome: "missed" },
        },
        total: { metric: "agenthive_session_milestones_total", where: { milestone: "24h" } },
      },
      // Twenty sessions at once are about twenty ends a day: no alert speaks on less than half of that in its long window.
      minimumEvents: 10,
      runbook: {
        meaning: "More than one in a hundred of the sessions that were to run for 24 hours failed before.",
        impact:
          "A day's work stops in the middle. What was done up to the last checkpoint, five minutes before at most, is kept.",
        diagnosis: [
          {
            do: "See why sessions failed.",
            query: "sum by (reason, predicted) (increase(agenthive_session_failures_total[1d])) > 0",
            good: "nothing new: it is over",
            bad: "one reason stands out: it names the part to look at next",
          },
          {
            do: "See at which length they fail.",
            query:
              'sum by (milestone) (increase(agenthive_session_milestones_total{outcome="missed"}[1d])) / (sum by (milestone) (increase(agenthive_session_milestones_total[1d])) > 0)',
            good: "only 24h is above 0: something that grows with time, such as memory or fatigue",
            bad: "4h is as high as 24h: sessions fail at any age",
          },
          {
            do: "Read how the failed ones ended.",
            command: logs(
              "session-manager",
              'select(.event == "session-ended" and .outcome == "failed") | {session_id, age_hours, reason, last_checkpoint}',
            ),
            bad: "the same reason or the same agent type in several",
          },
          limits,
          openBreakers,
          releasesOf("session-manager"),
        ],
        mitigation: [
          {
            do: "Start a failed session again from its last checkpoint.",
            command:
              "kubectl -n $NAMESPACE exec deployment/session-manager -- hivectl sessions restore SESSION",
            good: "prints state=running within 10 seconds",
          },
          {
            ...noNewWork,
            do: "If sessions keep failing, stop new work: running tasks finish, no new one starts.",
          },
        ],
        rollback: [rollBack("session-manager")],
      },
    },
    "agent-recovery": {
      meets: ["AH-7", "AH-9"],
      title: "Lost agents are replaced within 5 s",
      description: "Of a hundred agents that are lost at least ninety-nine are replaced within 5 seconds.",
      service: "spawn-manager",
      objective: "99%",
      sli: { kind: "latency", metric: "agenthive_agent_recovery_duration_seconds", threshold: "5s" },
      minimumEvents: 20,
      runbook: {
        meaning:
          "Agents that crashed or gave no sign of life were replaced later than 5 seconds after their loss.",
        impact: "Their tasks stand still meanwhile; sessions get slower but do not fail.",
        diagnosis: [
          {
            do: "See whether it is the start that is slow.",
            query:
              "histogram_quantile(0.95, sum by (agent_type, le) (rate(agenthive_spawn_duration_seconds_bucket[15m])))",
            good: "below 2: starts are quick, the loss was noticed late",
            bad: "one type is slow: its set-up. All are: CPU or the workspaces volume",
          },
          {
            do: "See whether starts need more than one attempt: the second comes after 2 seconds, the third after 4 more.",
            query:
              'sum by (attempt, outcome) (increase(agenthive_spawn_attempts_total{outcome!="success"}[1h]))',
            good: "0",
            bad: "first attempts fail: a retry alone takes most of the 5 seconds",
          },
          {
            do: "See why agents are lost at all.",
            query: "sum by (agent_type, reason) (increase(agenthive_agent_restarts_total[1h])) > 0",
            good: "nothing: none was lost within the hour",
            bad: "crashed: read its log. resources: it passed a limit. unresponsive: it hangs in a tool or a model call",
          },
          podsOf("spawn-manager"),
          modelErrors,
          releasesOf("spawn-manager"),
        ],
        mitigation: [
          {
            do: "If the spawn managers are out of CPU, add one; none is ever taken away by itself.",
            command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=4",
            good: "the new pod is ready within a minute and gets the next agents",
          },
          restartSpawnManager,
        ],
        rollback: [
          rollBack("spawn-manager"),
          {
            do: "An added replica goes with the next deploy, and its agents with it; raise it in the catalog if it is to stay.",
          },
        ],
      },
    },
  },
);
