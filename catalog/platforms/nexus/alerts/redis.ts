import { defineAlerts } from "fairlead";
import { coordinator } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { enlarge, lastWords, podsOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

const redisItself = {
  do: "Ask Redis itself.",
  command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli ping",
  good: "PONG",
  bad: "LOADING: it reads its file, wait. MISCONF: its disk is full. NOAUTH: the Secret changed",
};

/** Alerts of Redis. */
export const redisAlerts = defineAlerts(
  { services, metrics },
  {
    "redis-unreachable": {
      meets: ["NX-1"],
      summary: "No service reaches Redis",
      description:
        "Redis answers neither the coordinators nor the learning engines: the queue, the agents' registry and all state are out of reach.",
      severity: "critical",
      service: coordinator,
      // max: a single replica that still reaches Redis means that Redis works, and that the others have a network fault.
      when: {
        kind: "threshold",
        metric: "nexus_redis_reachable",
        where: { service: [coordinator, "adaptive-learning-engine"] },
        aggregate: "max",
        is: "<",
        value: 1,
      },
      for: "10s",
      because: "asked every 5 s: two refusals in a row from all clients are no lost packet",
      direct: true,
      cause: "redis",
      runbook: {
        meaning: "Redis is down, or nothing gets through to it.",
        impact:
          "No task can be taken or given out. What was queued is in Redis' file and comes back with it.",
        diagnosis: [
          podsOf("redis"),
          redisItself,
          lastWords("redis"),
          {
            do: "See whether the exporter reaches it.",
            query: "max(redis_up)",
            good: "1: Redis works; a network policy or the password is in the way",
            bad: "0: Redis is down",
          },
        ],
        mitigation: [
          { ...restart("redis"), do: "Restart Redis; its append-only file keeps the data." },
          {
            ...restart(coordinator),
            do: "If its password was changed, restart the coordinators, so that they read the new one.",
          },
        ],
        rollback: [rollBack("redis")],
      },
    },
    "redis-memory-high": {
      meets: ["NX-4"],
      summary: "Redis uses more than 85 % of its memory",
      description: "At 100 % Redis refuses writes, and no task can be taken.",
      severity: "warning",
      service: "redis",
      when: {
        kind: "gauge-ratio",
        part: { metric: "redis_memory_used_bytes" },
        whole: { metric: "redis_memory_max_bytes" },
        is: ">",
        value: "85%",
      },
      for: "5m",
      because: "the rewrite of the append-only file needs more memory for a few minutes",
      cause: "redis",
      runbook: {
        meaning: "Queue, registry and waiting experiences fill the memory that Redis may use.",
        impact: "None yet. When it is full, tasks are refused and agents cannot register.",
        diagnosis: [
          {
            do: "See what takes the memory.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli --memkeys",
            good: "the queue: it is full of tasks",
            bad: "experiences: their intake hangs",
          },
          {
            do: "See whether experiences pile up.",
            query: "max(nexus_experience_lag_seconds)",
            good: "below 60",
            bad: "above 600: follow the runbook of ExperienceIntakeLate",
          },
        ],
        mitigation: [
          {
            do: "Raise its limit within what the pod has, until the cause is gone.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli config set maxmemory 900mb",
            good: "OK",
          },
        ],
        rollback: [
          {
            do: "Set it back.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli config set maxmemory 768mb",
          },
        ],
      },
    },
    "redis-not-persisting": {
      meets: ["NX-8"],
      summary: "Redis does not write its file",
      description:
        "The last write to Redis' append-only file failed: what is queued now would not survive a restart.",
      severity: "critical",
      service: "redis",
      when: {
        kind: "threshold",
        metric: "redis_aof_last_write_status",
        aggregate: "min",
        is: "<",
        value: 1,
      },
      for: "1m",
      because:
        "Redis tries the write again each second: a minute of failures is no full buffer but a full or broken disk",
      runbook: {
        meaning: "The volume is full or broken.",
        impact:
          "Redis soon refuses writes. A restart now loses the queue and the registry: do not restart it.",
        diagnosis: [
          {
            do: "See how full the volume is.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- df -h /data",
            good: "below 90 %: the volume itself is at fault",
            bad: "100 %: rewriting the file or a larger volume helps",
          },
          redisItself,
        ],
        mitigation: [
          {
            do: "Rewrite the file: it becomes as small as the data.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli bgrewriteaof",
            good: "started; the volume has room within a minute",
          },
          enlarge("redis-data"),
        ],
        rollback: [{ do: "Nothing to take back: a rewritten file holds the same data." }],
      },
    },
    "redis-metrics-missing": {
      meets: ["NX-1"],
      summary: "Nobody knows how Redis is",
      description: "Redis' exporter does not answer: the alerts of its memory and its file are blind.",
      severity: "warning",
      service: "redis-exporter",
      when: { kind: "target-down" },
      for: "5m",
      because:
        "a rollout exchanges the exporter's only pod, and Redis itself is watched by its clients meanwhile",
      runbook: {
        meaning: "The exporter is down, not Redis.",
        impact: "None for users. A full memory would be noticed only when tasks are refused.",
        diagnosis: [podsOf("redis-exporter"), lastWords("redis-exporter"), redisItself],
        mitigation: [restart("redis-exporter")],
        rollback: [rollBack("redis-exporter")],
      },
    },
  },
);
