import { defineAlerts } from "fairlead";
import { coordinator } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  agentsByType,
  ifReleased,
  lastWords,
  lessPodsLater,
  moreAgents,
  morePods,
  nexusctl,
  podsOf,
  queue,
  releasesOf,
  restart,
  rollBack,
  storesAsSeenBy,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const queueShare = {
  kind: "gauge-ratio",
  part: { metric: "nexus_queue_tasks" },
  whole: { metric: "nexus_queue_limit_tasks" },
} as const;

const arrivalsAndEnds = {
  do: "Compare what comes in with what gets done.",
  query:
    'label_replace(sum(rate(http_server_request_duration_seconds_count{http_request_method="POST",http_route="/v1/tasks"}[5m])), "flow", "in", "", "") or label_replace(sum(rate(nexus_tasks_total[5m])), "flow", "out", "", "")',
  good: "out is at least in: the queue shrinks",
  bad: "in is above out: more agents or fewer tasks are needed",
};

const senders = {
  do: "See who sends the most tasks.",
  command: nexusctl(coordinator, "queue senders --top 5"),
  good: "spread over many",
  bad: "one SENDER has most of them",
};

const holdSender = {
  do: "If one sender floods the queue, hold its tasks of low priority back; urgent ones go first in any case.",
  command: nexusctl(coordinator, "queue hold --sender SENDER --priority low"),
  good: "prints held, and the queue shrinks",
};

const releaseSender = {
  do: "Let the sender's tasks in again.",
  command: nexusctl(coordinator, "queue release --sender SENDER"),
};

/** Alerts of the coordinator and its queue. */
export const queueAlerts = defineAlerts(
  { services, metrics },
  {
    "coordinator-down": {
      meets: ["NX-1"],
      summary: "No coordinator answers",
      description:
        "Prometheus reaches no replica of the coordinator: no task is taken, and agents get no work.",
      severity: "critical",
      service: coordinator,
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the coordinator is gone or does not answer on its metrics port.",
        impact: "Nexus stands still. Queued tasks are kept in Redis and go on when a coordinator is back.",
        diagnosis: [
          podsOf(coordinator),
          lastWords(coordinator),
          {
            do: "See whether Redis and PostgreSQL answer; without them it does not start.",
            query:
              'label_replace(max(redis_up), "store", "redis", "", "") or label_replace(max(pg_up), "store", "postgresql", "", "")',
            good: "both 1",
            bad: "a 0: follow the runbook of that store",
          },
          releasesOf(coordinator),
        ],
        mitigation: [restart(coordinator), ifReleased],
        rollback: [rollBack(coordinator)],
      },
    },
    "queue-full": {
      meets: ["NX-4"],
      summary: "The task queue is full",
      description: "All 1,000 places of the queue are taken: new tasks are refused.",
      severity: "critical",
      service: coordinator,
      when: { ...queueShare, is: ">=", value: "100%" },
      direct: true,
      cause: "queue",
      runbook: {
        meaning: "More tasks arrived than could be done, until the queue had no place left.",
        impact: "New tasks are refused with 429 and count as not completed.",
        diagnosis: [
          arrivalsAndEnds,
          senders,
          agentsByType,
          storesAsSeenBy(coordinator),
          podsOf(coordinator),
          releasesOf(coordinator),
        ],
        mitigation: [holdSender, moreAgents, morePods(coordinator)],
        rollback: [releaseSender, rollBack(coordinator), lessPodsLater],
      },
    },
    "queue-nearly-full": {
      meets: ["NX-4"],
      summary: "More than 80 % of the task queue is taken",
      description:
        "More than 800 of 1,000 places of the queue are taken; when it is full, tasks are refused.",
      severity: "warning",
      service: coordinator,
      when: { ...queueShare, is: ">", value: "80%" },
      cause: "queue",
      runbook: {
        meaning: "Tasks arrive faster than they are done.",
        impact: "Tasks wait longer, and answers come late. None is refused yet.",
        diagnosis: [queue, arrivalsAndEnds, senders, agentsByType],
        mitigation: [moreAgents, holdSender, morePods(coordinator)],
        rollback: [releaseSender, lessPodsLater],
      },
    },
  },
);
