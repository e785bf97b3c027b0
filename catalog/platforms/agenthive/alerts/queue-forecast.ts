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
        kind: "promql",
        expr: "sum(predict_linear(agenthive_tasks_queued[30m], 3600)) > max(agenthive_task_queue_limit)",
        examples: [
          {
            title: "after an hour at rest 11 more a minute in two priorities, then the queue drains",
            interval: "1m",
            series: {
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="low"}':
                "50x60 57+7x39 330-7x40",
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="normal"}':
                "50x60 54+4x39 210-4x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager"}': "1000x150",
            },
            expect: [
              { at: "60m", firing: [] },
              { at: "89m", firing: [] },
              { at: "96m", firing: [{}] },
              { at: "130m", firing: [] },
            ],
          },
          {
            title: "11 more a minute from the start",
            interval: "1m",
            series: {
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="low"}':
                "50+7x40",
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="normal"}':
                "50+4x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager"}': "1000x40",
            },
            expect: [
              { at: "24m", firing: [] },
              { at: "30m", firing: [{}] },
            ],
          },
          {
            title: "9 more a minute leave time, whatever limit the former lease holder still reports",
            interval: "1m",
            series: {
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="low"}':
                "50+5x40",
              'agenthive_tasks_queued{platform="agenthive",service="session-manager",priority="normal"}':
                "50+4x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager",pod="a"}': "1000x40",
              'agenthive_task_queue_limit{platform="agenthive",service="session-manager",pod="b"}': "500x40",
            },
            expect: [{ at: "30m", firing: [] }],
          },
        ],
      },
      for: "5m",
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
