import { defineAlerts } from "fairlead";
import { coordinator } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { cycleTimes, ifReleased, logs, nexusctl, releasesOf, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of conflicts between agents. */
export const conflictAlerts = defineAlerts(
  { services, metrics },
  {
    "conflicts-unresolved": {
      meets: ["NX-5"],
      summary: "Strategy {{ $labels.strategy }} leaves more than 20 % of its conflicts unresolved",
      description:
        "In the last 30 minutes strategy {{ $labels.strategy }} failed to resolve more than 20 % of the conflicts that it was tried on.",
      severity: "warning",
      service: coordinator,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_conflicts_total", where: { outcome: "unresolved" } },
        whole: { metric: "nexus_conflicts_total" },
        window: "30m",
        by: ["strategy"],
        is: ">",
        value: "20%",
        minimumEvents: 20,
      },
      runbook: {
        meaning:
          "Conflicts go on to the next strategy: priority, capability, resource-sharing, consensus, and at last escalation, which asks a person.",
        impact: "Tasks in conflict stand still, and coordination cycles become longer.",
        diagnosis: [
          {
            do: "See which strategies fail.",
            query: 'sum by (strategy) (increase(nexus_conflicts_total{outcome="unresolved"}[1h]))',
            good: "only the first ones: later ones resolve them",
            bad: "escalation: nobody answers",
          },
          {
            do: "See what the agents fight for.",
            command: logs(
              coordinator,
              'select(.event == "conflict-resolved" and .resolved == false) | {task_id, strategy, resource}',
            ),
            good: "different things",
            bad: "one resource again and again: a file, a lock or an environment that all need",
          },
          cycleTimes,
          releasesOf(coordinator),
        ],
        mitigation: [
          {
            do: "Give the resource to one task at a time.",
            command: nexusctl(coordinator, "resources serialise RESOURCE"),
            good: "prints serialised; conflicts over it end within a minute",
          },
          {
            do: "Answer the ones that wait for a person.",
            command: nexusctl(coordinator, "conflicts list --waiting-for person"),
            good: "empty",
          },
          ifReleased,
        ],
        rollback: [
          {
            do: "Let tasks share the resource again.",
            command: nexusctl(coordinator, "resources share RESOURCE"),
          },
          rollBack(coordinator),
        ],
      },
    },
  },
);
