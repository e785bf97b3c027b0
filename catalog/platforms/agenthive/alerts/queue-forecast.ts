import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, openBreakers } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alert of a task queue that is going to fill up (AH-5). */
export const queueForecastAlerts = defineAlerts(
  { services, metrics },
  {
    "task-queue-full-predicted": {
      meets: ["AH-5", "AH-12"],
      summary: "The task queue will be full within an hour",
      description:
        "At the pace of the last half hour the queue of tasks reaches its limit within an hour; new tasks are then refused.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "forecast",
        metric: "agenthive_tasks_queued",
        aggregate: "sum",
        trend: "rising",
        reaches: "100%",
        of: { metric: "agenthive_task_queue_limit", aggregate: "max" },
        within: "1h",
        basedOn: "30m",
      },
      for: "5m",
      because:
        "an order that is split into hundreds of tasks comes as one step, which agents have begun to work off by then",
      runbook: {
        meaning:
          "Tasks arrive faster than agents finish them, and the last half hour's pace fills the queue within an hour.",
        impact: "None yet. At 1,000 waiting tasks new ones are refused.",
        diagnosis: [
          {
            do: "See whether more arrive or fewer are done.",
            query: "sum(rate(agenthive_tasks_finished_total[10m])) * 60",
            good: "as an hour ago: more arrive",
            bad: "fewer than an hour ago: agents are slow or missing",
          },
          {
            do: "See how many agents there are and what they do.",
            query: "sum by (state) (agenthive_agents)",
            good: "nearly all working",
            bad: "idle: tasks are not given out. Few in all: they cannot be started",
          },
          openBreakers,
          {
            do: "See whether more replicas are recommended.",
            query:
              "max by (target) (agenthive_recommended_replicas) - max by (target) (agenthive_current_replicas)",
            good: "0: the replicas are enough, tasks take long",
            bad: "above 0: follow ScalingRecommended",
          },
        ],
        mitigation: [
          {
            do: "Add a spawn manager, for ten more agents.",
            command: "kubectl -n $NAMESPACE scale deployment/spawn-manager --replicas=4",
          },
          { do: "Hold back tasks of priority low.", command: hivectl("tasks hold --priority low") },
        ],
        rollback: [{ do: "Let held tasks go.", command: hivectl("tasks release --priority low") }],
      },
    },
  },
);
