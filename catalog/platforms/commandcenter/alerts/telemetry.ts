import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { endOf, ifRelease, podsOf, releasesOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

const queue = {
  do: "See how full the collector's queue is.",
  query: "sum(otelcol_exporter_queue_size) / (sum(otelcol_exporter_queue_capacity) > 0)",
  good: "near 0",
  bad: "above 0.8: the trace store does not take them, or too slowly",
};

/** Alerts of the watchers themselves. */
export const telemetryAlerts = defineAlerts(
  { services, metrics },
  {
    "spans-dropped": {
      meets: ["CC-4"],
      summary: "Spans are lost on their way to the trace store",
      description: "The collector gave up spans after all attempts: traces of this time have holes.",
      severity: "warning",
      service: "otel-collector",
      when: {
        kind: "increase",
        metric: "otelcol_exporter_send_failed_spans_total",
        window: "10m",
        is: ">",
        value: 0,
      },
      cause: "telemetry",
      runbook: {
        meaning: "The trace store was away for longer than five minutes, or refuses what it gets.",
        impact: "Users notice nothing. Traces that a runbook leads to may be incomplete.",
        diagnosis: [
          queue,
          podsOf("trace-store"),
          {
            do: "Read why the collector gave up.",
            command:
              "kubectl -n $NAMESPACE logs deployment/otel-collector --since=30m | grep -i 'exporting failed'",
            bad: "connection refused: the trace store. ResourceExhausted: spans too large",
          },
          {
            do: "See whether spans are refused at the door, too.",
            query: "sum(rate(otelcol_receiver_refused_spans_total[5m]))",
            good: "0",
            bad: "above 0: the collector is short of memory",
          },
        ],
        mitigation: [restart("trace-store"), ifRelease],
        rollback: [rollBack("trace-store"), rollBack("otel-collector")],
      },
    },
    "collector-queue-nearly-full": {
      meets: ["CC-4"],
      summary: "The collector's queue is more than 80 % full",
      description:
        "Spans arrive faster than the trace store takes them; when the queue is full, they are dropped.",
      severity: "warning",
      service: "otel-collector",
      when: {
        kind: "gauge-ratio",
        part: { metric: "otelcol_exporter_queue_size" },
        whole: { metric: "otelcol_exporter_queue_capacity" },
        is: ">",
        value: "80%",
      },
      for: "2m",
      because: "a restart of the trace store fills the queue for a minute, and it is emptied in the next one",
      cause: "telemetry",
      runbook: {
        meaning: "The trace store is slow or away, or there are far more spans than usual.",
        impact: "None yet.",
        diagnosis: [
          {
            do: "See what comes in and what goes out.",
            query:
              "sum(rate(otelcol_receiver_accepted_spans_total[5m])) - sum(rate(otelcol_exporter_sent_spans_total[5m]))",
            good: "near 0 or below: it empties itself",
            bad: "above 0: it fills",
          },
          {
            do: "See which service sends so many.",
            query: "sum by (service_name, gen_ai_operation_name) (rate(traces_span_metrics_calls_total[5m]))",
            good: "each about yesterday's: the trace store takes them too slowly",
            bad: "one has several times yesterday's rate",
          },
          podsOf("trace-store"),
          endOf("trace-store"),
        ],
        mitigation: [
          restart("trace-store"),
          { do: "If one service floods it, lower its sampling: OTEL_TRACES_SAMPLER_ARG in the catalog." },
        ],
        rollback: [rollBack("otel-collector")],
      },
    },
    "runs-without-span": {
      meets: ["CC-4"],
      summary: "Runs end without a span",
      description:
        "In the last hour fewer than 90 % of the runs that ended have left a span: somebody who looks for their trace finds nothing.",
      severity: "warning",
      service: "orchestrator",
      when: {
        kind: "promql",
        // At least 20 runs; no series of spans at all counts as none.
        expr:
          '(sum(increase(traces_span_metrics_calls_total{gen_ai_operation_name="invoke_workflow"}[1h])) or vector(0)) ' +
          "< 0.9 * (sum(increase(commandcenter_runs_finished_total[1h])) >= 20)",
        examples: [
          {
            title: "half of the spans are missing",
            interval: "1m",
            series: {
              'commandcenter_runs_finished_total{platform="commandcenter",service="orchestrator",workflow="w",outcome="succeeded"}':
                "0+1x130",
              'traces_span_metrics_calls_total{platform="commandcenter",service="otel-collector",service_name="orchestrator",gen_ai_operation_name="invoke_workflow",status_code="STATUS_CODE_UNSET"}':
                "0+1x60 60.5+0.5x69",
            },
            expect: [
              { at: "60m", firing: [] },
              { at: "120m", firing: [{}] },
            ],
          },
          {
            title: "no span at all of many runs",
            interval: "1m",
            series: {
              'commandcenter_runs_finished_total{platform="commandcenter",service="orchestrator",workflow="w",outcome="succeeded"}':
                "0+1x130",
            },
            expect: [{ at: "120m", firing: [{}] }],
          },
          {
            title: "no span at all, but hardly a run either; another platform has many",
            interval: "1m",
            series: {
              'commandcenter_runs_finished_total{platform="commandcenter",service="orchestrator",workflow="w",outcome="succeeded"}':
                "0+0.2x130",
              'commandcenter_runs_finished_total{platform="another",service="orchestrator",workflow="w",outcome="succeeded"}':
                "0+10x130",
            },
            expect: [{ at: "120m", firing: [] }],
          },
        ],
      },
      for: "5m",
      because: "spans are sent in batches: those of runs that have just ended may still be on their way",
      runbook: {
        meaning:
          "The orchestrator does not record spans, does not send them, or the collector does not take them.",
        impact: "Users notice nothing. Slow runs cannot be explained.",
        diagnosis: [
          {
            do: "See whether spans arrive at all.",
            query: "sum by (service_name) (rate(traces_span_metrics_calls_total[5m]))",
            good: "orchestrator is there: only workflow spans are missing, a fault of a release",
            bad: "orchestrator is missing: it does not reach the collector",
          },
          {
            do: "See whether the collector refuses them.",
            query: "sum(rate(otelcol_receiver_refused_spans_total[5m]))",
            good: "0",
            bad: "above 0: it is short of memory",
          },
          {
            do: "Read what the orchestrator says of its exporter.",
            command: "kubectl -n $NAMESPACE logs deployment/orchestrator --since=1h | grep -i otlp",
            bad: "deadline exceeded or unavailable: the way to otel-collector:4317",
          },
          releasesOf("orchestrator"),
        ],
        mitigation: [restart("otel-collector"), ifRelease],
        rollback: [rollBack("orchestrator")],
      },
    },
    "notifications-not-delivered": {
      meets: ["CC-3"],
      summary: "Alertmanager cannot deliver to {{ $labels.integration }}",
      description:
        "Notifications by {{ $labels.integration }} failed in the last 5 minutes: alerts may reach nobody.",
      severity: "critical",
      service: "alertmanager",
      when: {
        kind: "increase",
        metric: "alertmanager_notifications_failed_total",
        window: "5m",
        by: ["integration"],
        is: ">",
        value: 0,
      },
      runbook: {
        meaning:
          "The on-call service's webhook or Slack refuses notifications or is away. Alertmanager tries again.",
        impact:
          "With webhook nobody is woken; with slack nobody reads of it. That this alert reached you means that the other way works.",
        diagnosis: [
          {
            do: "See since when, and why.",
            query:
              "sum by (integration, reason) (increase(alertmanager_notifications_failed_total[15m])) > 0",
            good: "nothing: they are delivered again",
            bad: "clientError: the address or its token is wrong. serverError: the service. contextDeadlineExceeded: the network",
          },
          {
            do: "Read the answers.",
            command: "kubectl -n $NAMESPACE logs deployment/alertmanager --since=15m | grep -i 'notify'",
            bad: "the same refusal by one receiver: its address or its token",
          },
          {
            do: "See what fires meanwhile; nobody else may know of it.",
            query: 'ALERTS{alertstate="firing",severity="critical"}',
            good: "only this one",
            bad: "others: take them on first",
          },
        ],
        mitigation: [
          { do: "Call whoever is on call, and watch the firing alerts yourself until it works." },
          {
            do: "If the address changed, put the new one into the Secret; Alertmanager reads it with the next notification.",
            command:
              "kubectl -n $NAMESPACE create secret generic commandcenter-alerting --from-file=on-call-url --dry-run=client -o yaml | kubectl -n $NAMESPACE patch secret commandcenter-alerting --patch-file /dev/stdin",
            good: "failed notifications stop within five minutes",
          },
        ],
      },
    },
    "rules-not-evaluated": {
      meets: ["CC-3"],
      summary: "Prometheus cannot evaluate some of its rules",
      description: "Rules failed in the last 10 minutes: alerts that depend on them stay silent.",
      severity: "warning",
      service: "prometheus",
      when: {
        kind: "increase",
        metric: "prometheus_rule_evaluation_failures_total",
        window: "10m",
        is: ">",
        value: 0,
      },
      runbook: {
        meaning: "A query failed: too many samples, a time-out, or series that match twice.",
        impact: "Users notice nothing. The alerts of the rule groups concerned are blind.",
        diagnosis: [
          {
            do: "See which groups.",
            query: "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[10m])) > 0",
            good: "nothing: it is over; the alert ends within ten minutes",
            bad: "all: memory or disk. One: its series",
          },
          {
            do: "Read why.",
            command:
              "kubectl -n $NAMESPACE logs deployment/prometheus --since=15m | grep -i 'evaluating rule failed'",
            bad: "many samples or a time-out: too many series. many-to-many: series that match twice",
          },
          {
            do: "See whether there are far more series than usual.",
            query: "prometheus_tsdb_head_series",
            good: "about yesterday's",
            bad: "twice yesterday's: a label without bounds",
          },
        ],
        mitigation: [
          { do: "If it began with a deploy of rules, deploy the release before." },
          restart("prometheus"),
        ],
      },
    },
  },
);
