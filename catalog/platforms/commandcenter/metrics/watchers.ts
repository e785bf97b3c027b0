import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

const spans = (help: string, labels: Record<string, string[]>) => ({
  meets: ["CC-4"],
  type: "counter" as const,
  class: "technical" as const,
  help,
  services: ["otel-collector" as const],
  labels,
});

/** System: the watchers themselves: collector, Prometheus, Alertmanager. */
export const watcherMetrics = defineMetrics(
  { services },
  {
    traces_span_metrics_calls_total: spans("Spans that the collector took, by service and kind of work.", {
      service_name: ["api", "orchestrator"],
      status_code: ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"],
      // Runs of workflows, of agents, calls of models and tools; the rest is "none".
      gen_ai_operation_name: ["none", "invoke_workflow", "invoke_agent", "chat", "execute_tool"],
    }),
    otelcol_receiver_accepted_spans_total: spans("Spans that the collector took.", {
      receiver: ["otlp"],
      transport: ["grpc", "http"],
    }),
    otelcol_receiver_refused_spans_total: spans("Spans that the collector could not take.", {
      receiver: ["otlp"],
      transport: ["grpc", "http"],
    }),
    otelcol_exporter_sent_spans_total: spans("Spans that reached the trace store.", {
      exporter: ["otlp/traces"],
    }),
    otelcol_exporter_send_failed_spans_total: spans(
      "Spans that were given up after all attempts to send them.",
      {
        exporter: ["otlp/traces"],
      },
    ),
    otelcol_exporter_enqueue_failed_spans_total: spans(
      "Spans that were dropped because the queue was full.",
      {
        exporter: ["otlp/traces"],
      },
    ),
    otelcol_exporter_queue_size: {
      meets: ["CC-4"],
      type: "gauge",
      class: "technical",
      help: "Batches that wait to be sent.",
      services: ["otel-collector"],
      labels: { exporter: ["otlp/traces"], data_type: ["traces"] },
    },
    otelcol_exporter_queue_capacity: {
      meets: ["CC-4"],
      type: "gauge",
      class: "technical",
      help: "Batches that may wait to be sent.",
      services: ["otel-collector"],
      labels: { exporter: ["otlp/traces"], data_type: ["traces"] },
    },
    otelcol_process_memory_rss_bytes: {
      meets: ["CC-2"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory of the collector that is in RAM.",
      services: ["otel-collector"],
    },
    otelcol_process_cpu_seconds_total: {
      meets: ["CC-2"],
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time that the collector has used, in user and system mode.",
      services: ["otel-collector"],
    },
    prometheus_tsdb_head_series: {
      type: "gauge",
      class: "system",
      help: "Series that Prometheus holds in memory.",
      services: ["prometheus"],
    },
    prometheus_rule_evaluation_failures_total: {
      meets: ["CC-3"],
      type: "counter",
      class: "system",
      help: "Rules that Prometheus could not evaluate.",
      services: ["prometheus"],
      labels: { rule_group: { atMost: 200 } },
    },
    alertmanager_notifications_total: {
      meets: ["CC-3"],
      type: "counter",
      class: "system",
      help: "Notifications that Alertmanager tried to send.",
      services: ["alertmanager"],
      labels: { integration: ["webhook", "slack"] },
    },
    alertmanager_notifications_failed_total: {
      meets: ["CC-3"],
      type: "counter",
      class: "system",
      help: "Notifications that could not be delivered.",
      services: ["alertmanager"],
      labels: {
        integration: ["webhook", "slack"],
        reason: ["clientError", "serverError", "contextCanceled", "contextDeadlineExceeded", "other"],
      },
    },
  },
);
