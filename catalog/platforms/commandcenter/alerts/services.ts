import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  dependencies,
  endOf,
  ifRelease,
  logs,
  podsOf,
  releasesOf,
  restart,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

// Alertmanager cannot tell that it is down, and Prometheus neither: the heartbeat does, which stops with either of them.

/** Alerts of services that do not answer. */
export const serviceAlerts = defineAlerts(
  { services, metrics },
  {
    "api-down": {
      meets: ["CC-1"],
      summary: "No API answers",
      description: "Prometheus reaches no replica of the API: people cannot see, start or approve anything.",
      severity: "critical",
      service: "api",
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the API is gone or does not answer on its metrics port.",
        impact:
          "Nobody can start, watch or approve runs, and notifications are not sent. Running runs go on.",
        diagnosis: [
          podsOf("api"),
          endOf("api"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/api --previous --tail=50",
            bad: "connection refused: PostgreSQL or NATS; the API does not start without them",
          },
          releasesOf("api"),
          {
            do: "If pods are ready, ask whether Prometheus can reach them.",
            query: 'up{service="api"}',
            good: "1 for each ready pod: Prometheus reaches them again",
            bad: "0 with ready pods: a network policy or the metrics port changed",
          },
        ],
        mitigation: [restart("api"), ifRelease],
        rollback: [rollBack("api")],
      },
    },
    "orchestrator-down": {
      meets: ["CC-1"],
      summary: "No orchestrator answers",
      description:
        "Prometheus reaches no replica of the orchestrator: no run moves, and most other alerts are blind.",
      severity: "critical",
      service: "orchestrator",
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the orchestrator is gone or does not answer on its metrics port.",
        impact:
          "No run moves. Nothing is lost: runs go on from their last finished step, agents that were cut off start again.",
        diagnosis: [
          podsOf("orchestrator"),
          endOf("orchestrator"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/orchestrator --previous --tail=50",
            bad: "an error at the end: it names the cause",
          },
          releasesOf("orchestrator"),
          {
            do: "If it was killed for memory, see which agent took it.",
            query: "topk(3, max_over_time(commandcenter_agent_runs_active[1h]))",
            good: "ten at once or fewer, of several kinds",
            bad: "more than ten at once, or one kind alone: disable it with hubctl agents disable once the pod runs",
          },
        ],
        mitigation: [restart("orchestrator"), ifRelease],
        rollback: [rollBack("orchestrator")],
      },
    },
    "otel-collector-down": {
      meets: ["CC-1", "CC-4"],
      summary: "The OpenTelemetry collector does not answer",
      description: "Spans are lost, and the metrics of PostgreSQL and Redis are missing.",
      severity: "warning",
      service: "otel-collector",
      when: { kind: "target-down" },
      for: "2m",
      because: "a rollout exchanges its only pod, which takes about a minute",
      cause: "telemetry",
      runbook: {
        meaning: "The collector's pod is gone or does not answer.",
        impact:
          "Users notice nothing. Traces of this time have holes, and alerts of PostgreSQL and Redis stay silent.",
        diagnosis: [
          podsOf("otel-collector"),
          endOf("otel-collector"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/otel-collector --previous --tail=50",
            bad: "error decoding or unknown: its configuration. data refused due to high memory usage: too many spans",
          },
          releasesOf("otel-collector"),
        ],
        mitigation: [restart("otel-collector"), ifRelease],
        rollback: [rollBack("otel-collector")],
      },
    },
    "trace-store-down": {
      meets: ["CC-1", "CC-4"],
      summary: "The trace store does not answer",
      description: "Traces cannot be searched, and new spans wait in the collector, five minutes at most.",
      severity: "warning",
      service: "trace-store",
      when: { kind: "target-down" },
      for: "2m",
      because:
        "a rollout exchanges its only pod within a minute or so, and the collector keeps new spans for five",
      runbook: {
        meaning: "The trace store's pod is gone or does not answer.",
        impact:
          "Users notice nothing. Runbooks that lead to a trace do not help, and after five minutes spans are lost.",
        diagnosis: [
          podsOf("trace-store"),
          endOf("trace-store"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/trace-store --previous --tail=50",
            bad: "no space left on device: its volume is full",
          },
          {
            do: "See whether spans are lost already.",
            query: "sum(increase(otelcol_exporter_send_failed_spans_total[15m]))",
            good: "0: the collector still holds them",
            bad: "above 0: spans are lost while it is down",
          },
        ],
        mitigation: [
          restart("trace-store"),
          {
            do: "If its volume is full and cannot grow, begin with an empty one: scale to 0, empty /traces, scale to 1. Traces of three days are lost.",
            command: "kubectl -n $NAMESPACE scale deployment/trace-store --replicas=0",
          },
        ],
        rollback: [rollBack("trace-store")],
      },
    },
    "grafana-down": {
      meets: ["CC-1", "CC-2"],
      summary: "Grafana does not answer",
      description: "Nobody can see the dashboards. Alerts and runbooks work.",
      severity: "warning",
      service: "grafana",
      when: { kind: "target-down" },
      for: "5m",
      because:
        "a rollout exchanges its only pod, and nobody is hurt who has to wait a few minutes for a dashboard",
      runbook: {
        meaning: "Grafana's pod is gone or does not answer.",
        impact:
          "The four dashboards are gone until it is back; the queries of runbooks work in Prometheus itself.",
        diagnosis: [
          podsOf("grafana"),
          endOf("grafana"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/grafana --previous --tail=50",
            bad: "permission denied: user or volumes changed",
          },
          releasesOf("grafana"),
        ],
        mitigation: [restart("grafana"), ifRelease],
        rollback: [rollBack("grafana")],
      },
    },
    "dependency-unreachable": {
      meets: ["CC-1", "CC-14"],
      summary: "{{ $labels.dependency }} does not answer",
      description:
        "No replica of the API or of the orchestrator has had an answer from {{ $labels.dependency }} for half a minute.",
      severity: "critical",
      service: "orchestrator",
      when: {
        kind: "threshold",
        metric: "commandcenter_dependency_reachable",
        where: { service: ["api", "orchestrator"] },
        aggregate: "max",
        by: ["dependency"],
        is: "<",
        value: 1,
      },
      for: "30s",
      because:
        "one lost answer is asked for again; half a minute without any, of all replicas, is no accident of the network",
      direct: true,
      cause: "dependency",
      runbook: {
        meaning: "NATS, PostgreSQL or Redis is down, or the way to it is closed.",
        impact:
          "nats: no run starts and no step moves. postgres: the API answers 503, nothing moves. redis: limits are counted per pod, people " +
          "sign in again. Nothing that was confirmed is lost.",
        diagnosis: [
          {
            do: "See which replicas miss it; that tells the server from the way to it.",
            query: "min by (dependency, service, pod) (commandcenter_dependency_reachable)",
            good: "all 1: it is over",
            bad: "0 for all: the server. 0 for one service: its network policy or its password",
          },
          {
            do: "See whether its pod runs.",
            command:
              "kubectl -n $NAMESPACE get pods -l 'app.kubernetes.io/name in (nats, postgres, redis)' -o wide",
            good: "Running and ready",
            bad: "Pending: its volume or its node. CrashLoopBackOff: read its log",
          },
          endOf("postgres"),
          endOf("nats"),
          {
            do: "Read what it said last.",
            command: "kubectl -n $NAMESPACE logs deployment/postgres --tail=50",
            bad: "no space left on device: its volume. authentication failed: a secret was rotated on one side only",
          },
        ],
        mitigation: [
          {
            do: "Restart it if it hangs; its volume keeps the data.",
            command: "kubectl -n $NAMESPACE rollout restart deployment/DEPENDENCY",
            good: "ready within a minute, and the services recover by themselves",
          },
          {
            do: "If its volume is full, enlarge it, and in the catalog too (the environment's volumes): a claim cannot shrink, so the next deploy would fail.",
            command: `kubectl -n $NAMESPACE patch pvc DEPENDENCY-data --patch '{"spec":{"resources":{"requests":{"storage":"NEW_SIZE"}}}}'`,
          },
          {
            do: "If its data is damaged, restore the last back-up by the runbook of disaster recovery; do not start it empty.",
          },
        ],
        rollback: [
          { do: "If a secret was rotated on one side only, restart the side that still has the old one." },
          dependencies,
          {
            do: "See that nothing was taken twice while it was away.",
            command: logs(
              "orchestrator",
              'select(.event == "run-started") | {run_id, workflow, waited_seconds}',
            ),
            good: "each run_id once",
          },
        ],
      },
    },
  },
);
