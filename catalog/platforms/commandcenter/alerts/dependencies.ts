import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  breakers,
  databaseErrors,
  dependencies,
  hubctl,
  podsOf,
  restart,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const hub = ["api", "orchestrator"];

/** Alerts of breakers, pools, messages and stores: what strains before it breaks. */
export const dependencyAlerts = defineAlerts(
  { services, metrics },
  {
    "breaker-open": {
      meets: ["CC-14"],
      summary: "Breaker {{ $labels.breaker }} is open",
      description:
        "The breaker {{ $labels.breaker }} has opened: what it protects failed too often and is left alone for a while.",
      severity: "critical",
      service: "orchestrator",
      when: {
        kind: "threshold",
        metric: "commandcenter_breaker_open",
        where: { service: hub },
        aggregate: "max",
        by: ["breaker"],
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning:
          "agent-executor: agents could not be started 5 times in a row. nats: 5 failed operations in a row. database-pool: half of the " +
          "operations within 10 s failed or found no connection.",
        impact:
          "agent-executor: no agent starts, runs wait. nats: new runs are refused with 503 and Retry-After, running ones finish their step. " +
          "database-pool: the API answers 503. All close by themselves once a trial call succeeds.",
        diagnosis: [
          {
            do: "See since when it is open, and why.",
            command: hubctl("breakers list"),
            good: "closed again, or half-open",
            bad: "open, with the same reason as the last time",
          },
          {
            do: "See how often it opened today.",
            query: "sum by (breaker, service) (increase(commandcenter_breaker_trips_total[1d])) > 0",
            good: "once: it will close by itself",
            bad: "several times: the cause is still there",
          },
          {
            do: "agent-executor: see how long starts take, and whether the node has CPU and memory left.",
            query:
              "histogram_quantile(0.95, sum by (le) (rate(commandcenter_agent_start_duration_seconds_bucket[5m])))",
            good: "below 0.5",
            bad: "above 1, or nothing: the work folder is full, or the kernel refuses the sandbox",
          },
          {
            do: "nats: see what fails.",
            query:
              'sum by (service, messaging_operation_name, error_type) (rate(messaging_client_operation_duration_seconds_count{error_type!=""}[5m])) > 0',
            good: "nothing: it answers again",
            bad: "connection: it is down. timeout on publish: its volume is slow or full",
          },
          databaseErrors,
          dependencies,
        ],
        mitigation: [
          { do: "Mend the cause; the breaker then closes by itself." },
          {
            do: "agent-executor with a full work folder: clean up what ended runs left.",
            command: hubctl("work-folder clean --ended"),
            good: "prints how much was freed",
          },
          {
            do: "Close it by hand only if the cause is gone and waiting is too long.",
            command: hubctl("breakers reset NAME"),
            good: "prints closed, and it stays closed for five minutes",
            bad: "it opens again: the cause is not gone",
          },
        ],
        rollback: [rollBack("orchestrator")],
      },
    },
    "postgres-connections-nearly-used-up": {
      meets: ["CC-2", "CC-14"],
      summary: "PostgreSQL serves more than 80 % of the connections that it may",
      description: "PostgreSQL's own limit is near: all pools together are too large for it.",
      severity: "warning",
      // The collector reads PostgreSQL: its series carry the collector's name.
      service: "otel-collector",
      when: {
        kind: "gauge-ratio",
        part: { metric: "postgresql_backends" },
        whole: { metric: "postgresql_connection_max" },
        is: ">",
        value: "80%",
      },
      for: "5m",
      because: "during a rollout old and new pods hold their pools side by side, which is over by then",
      runbook: {
        meaning: "More than 160 of 200 connections are open.",
        impact: "At 200 new pods cannot connect, and a deploy or a restart fails.",
        diagnosis: [
          {
            do: "See who holds them.",
            command:
              'kubectl -n $NAMESPACE exec deployment/postgres -- psql -U commandcenter -c "select application_name, state, count(*) from pg_stat_activity group by 1, 2 order by 3 desc"',
            good: "api and orchestrator, in proportion to their pods",
            bad: "something else, or many idle: close it",
          },
          {
            do: "See how many pods there are; each brings a pool.",
            query: 'count by (service) (up{service=~"api|orchestrator"} == 1)',
            good: "as many as the catalog asks for",
            bad: "more than usual: scaled out by hand or by load",
          },
          {
            do: "See how large the pools are.",
            query: "sum by (service) (db_client_connection_max)",
            good: "160 in sum, or fewer",
            bad: "above 160 in sum: the pools are too large",
          },
        ],
        mitigation: [
          {
            do: "Close connections that have been idle for ten minutes.",
            command:
              "kubectl -n $NAMESPACE exec deployment/postgres -- psql -U commandcenter -c \"select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle' and state_change < now() - interval '10 minutes'\"",
          },
          { do: "Then make the pools smaller, or max_connections larger, in the catalog." },
        ],
      },
    },
    "redis-memory-nearly-full": {
      meets: ["CC-2", "CC-13"],
      summary: "Redis uses more than 90 % of its memory",
      description:
        "At its limit Redis throws out keys that would have expired soonest: counters of rate limits first.",
      severity: "warning",
      service: "otel-collector",
      when: {
        kind: "gauge-ratio",
        part: { metric: "redis_memory_used_bytes" },
        whole: { metric: "redis_maxmemory_bytes" },
        is: ">",
        value: "90%",
      },
      for: "10m",
      because:
        "keys that expire make room every few seconds; what is still full after ten minutes has no more to expire",
      runbook: {
        meaning: "More users and projects than expected, or keys without an end.",
        impact: "None yet. When counters are thrown out, limits are not kept.",
        diagnosis: [
          {
            do: "See whether keys are thrown out already.",
            query: "increase(redis_keys_evicted_total[1h])",
            good: "0",
            bad: "above 0: limits begin anew for those users",
          },
          {
            do: "Find what takes the memory.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli --memkeys",
            good: "no prefix leads",
            bad: "one prefix has nearly all",
          },
          podsOf("redis"),
        ],
        mitigation: [
          {
            do: "Give it more memory until the next deploy, within its pod's limit.",
            command: "kubectl -n $NAMESPACE exec deployment/redis -- redis-cli CONFIG SET maxmemory 448mb",
            good: "OK",
          },
          { do: "Raise maxmemory and the pod's memory in the catalog." },
        ],
      },
    },
    "messages-redelivered": {
      meets: ["CC-14"],
      summary: "More than 50 messages of stream {{ $labels.stream }} were handed out again in 15 minutes",
      description:
        "JetStream hands out again what nobody confirmed in time: consumers of {{ $labels.stream }} die or are too slow.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "increase",
        metric: "commandcenter_stream_redeliveries_total",
        window: "15m",
        by: ["stream"],
        is: ">",
        value: 50,
      },
      runbook: {
        meaning: "Work is taken and not finished. Steps have keys of their own, so that none is done twice.",
        impact:
          "Steps and notifications come late. If one message always fails, it holds up those behind it.",
        diagnosis: [
          {
            do: "See what is taken and not confirmed.",
            query: "sum by (stream, state) (commandcenter_stream_messages)",
            good: "unconfirmed well below its limit",
            bad: "unconfirmed at its limit: nothing new is taken",
          },
          {
            do: "See whether one message comes again and again.",
            command: hubctl("streams pending STREAM --order-by deliveries"),
            good: "many messages with 2 deliveries: consumers were restarted",
            bad: "one with many deliveries: it kills its consumer",
          },
          podsOf("orchestrator"),
          breakers,
        ],
        mitigation: [
          {
            do: "Put a message that kills its consumer aside; it is kept for the owners.",
            command: hubctl("streams set-aside STREAM --message SEQUENCE"),
            good: "prints set aside, and the stream moves",
          },
          restart("orchestrator"),
        ],
        rollback: [
          {
            do: "Bring it back once the fault is mended.",
            command: hubctl("streams restore STREAM --message SEQUENCE"),
          },
        ],
      },
    },
  },
);
