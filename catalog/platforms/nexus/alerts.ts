import { defineAlerts } from "fairlead";
import { metrics } from "./metrics.ts";
import { morePods, pods, queue, redisLatency, releases, rollBack } from "./runbook-steps.ts";
import { services } from "./services.ts";

const service = "multi-agent-coordinator";
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

export const alerts = defineAlerts(
  { services, metrics },
  {
    "coordinator-down": {
      summary: "No coordinator answers",
      description:
        "Prometheus reaches no replica of the coordinator: no task is taken, and agents get no work.",
      severity: "critical",
      service,
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the coordinator is gone or does not answer on its metrics port.",
        impact: "Nexus stands still. Queued tasks are kept in Redis and go on when a coordinator is back.",
        diagnosis: [
          pods,
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/multi-agent-coordinator --previous --tail=50",
            bad: "connection refused to redis:6379: look at Redis first",
          },
          releases,
        ],
        mitigation: [
          {
            do: "Restart it.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/multi-agent-coordinator",
            good: "ready within a minute",
          },
        ],
        rollback: [rollBack],
      },
    },
    "redis-unreachable": {
      summary: "No coordinator reaches Redis",
      description:
        "Redis answers none of the coordinators: the queue, the agents' registry and all state are out of reach.",
      severity: "critical",
      service,
      // max: a single replica that still reaches Redis means that Redis works, and that the others have a network fault.
      when: { kind: "threshold", metric: "nexus_redis_reachable", aggregate: "max", is: "<", value: 1 },
      for: "10s",
      direct: true,
      runbook: {
        meaning: "Redis is down, or nothing gets through to it.",
        impact:
          "No task can be taken or given out. What was queued is in Redis' file and comes back with it.",
        diagnosis: [
          {
            do: "See whether Redis runs.",
            command: "kubectl -n $NAMESPACE get pods -l app.kubernetes.io/name=redis",
            good: "Running and ready: it is the network or the password",
            bad: "Pending: its volume. CrashLoopBackOff or OOMKilled: read its log",
          },
          {
            do: "Ask Redis itself.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli ping",
            good: "PONG",
            bad: "LOADING: it reads its file, wait. MISCONF: its disk is full. NOAUTH: the Secret changed",
          },
          { do: "Read its log.", command: "kubectl -n $NAMESPACE logs deployment/redis --tail=50" },
          redisLatency,
        ],
        mitigation: [
          {
            do: "Restart Redis; its append-only file keeps the data.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/redis",
            good: "PONG within half a minute",
          },
          {
            do: "If its password was changed, restart the coordinators, so that they read the new one.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/multi-agent-coordinator",
          },
        ],
        rollback: [
          {
            do: "Go back to the Redis release before. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
            command: "kubectl -n $NAMESPACE rollout undo deployment/redis",
          },
        ],
      },
    },
    "queue-full": {
      meets: ["NX-4"],
      summary: "The task queue is full",
      description: "All 1,000 places of the queue are taken: new tasks are refused.",
      severity: "critical",
      service,
      when: { ...queueShare, is: ">=", value: "100%" },
      direct: true,
      cause: "queue",
      runbook: {
        meaning: "More tasks arrived than could be done, until the queue had no place left.",
        impact: "New tasks are refused with 429 and count as not completed.",
        diagnosis: [arrivalsAndEnds, redisLatency, pods, releases],
        mitigation: [
          morePods,
          { do: "Start more agents of the types that the queue waits for." },
          { do: "Ask the sender of most tasks to hold back; urgent tasks go first in any case." },
        ],
        rollback: [rollBack],
      },
    },
    "queue-nearly-full": {
      meets: ["NX-4"],
      summary: "More than 80 % of the task queue is taken",
      description:
        "More than 800 of 1,000 places of the queue are taken; when it is full, tasks are refused.",
      severity: "warning",
      service,
      when: { ...queueShare, is: ">", value: "80%" },
      cause: "queue",
      runbook: {
        meaning: "Tasks arrive faster than they are done.",
        impact: "Tasks wait longer, and answers come late. None is refused yet.",
        diagnosis: [
          queue,
          arrivalsAndEnds,
          {
            do: "See whether agents have left.",
            query: "sum by (agent_type) (nexus_agents_registered)",
            good: "as yesterday at this time",
            bad: "a type is missing",
          },
        ],
        mitigation: [morePods, { do: "Start more agents of the types that the queue waits for." }],
      },
    },
    "agents-near-limit": {
      meets: ["NX-4"],
      summary: "A coordinator has more than 90 of 100 agents",
      description: "Coordinator {{ $labels.pod }} has more than 90 agents; it is made for 100 at once.",
      severity: "warning",
      service,
      when: {
        kind: "threshold",
        metric: "nexus_agents_registered",
        aggregate: "sum",
        by: ["pod"],
        is: ">",
        value: 90,
      },
      for: "5m",
      runbook: {
        meaning: "One replica of the coordinator looks after nearly as many agents as it is made for.",
        impact: "None yet. Above 100 agents its coordination cycle may take longer than a second.",
        diagnosis: [
          {
            do: "See how the agents are spread.",
            query: "sum by (pod) (nexus_agents_registered)",
            good: "evenly: there are many agents",
            bad: "one pod has nearly all: balancing does not work",
          },
          {
            do: "See whether cycles take longer already.",
            query:
              "histogram_quantile(0.95, sum by (pod, le) (rate(nexus_coordination_cycle_duration_seconds_bucket[5m])))",
            good: "below 1",
          },
        ],
        mitigation: [
          {
            do: "Evenly spread: run one replica more; agents that register next go there.",
            command: `kubectl -n $NAMESPACE patch hpa multi-agent-coordinator --patch '{"spec":{"minReplicas":4}}'`,
          },
          {
            do: "Unevenly spread: restart the full pod; its agents register again, at the pods with the fewest.",
            command: "kubectl -n $NAMESPACE delete pod POD",
          },
        ],
      },
    },
  },
);
