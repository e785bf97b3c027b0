import type { AlertInput } from "../../alert.ts";
import { alertsOf, metricsOf, ofEach, type Row } from "./entries.ts";
import { logs, restart, rollBack } from "./steps.ts";
import type { TelemetryTheme } from "./themes.ts";

/** What OpenTelemetry's SDK says of itself (its own conventions, in development). */
export function telemetryMetrics(theme: TelemetryTheme) {
  const services = [...theme.services];
  const processed = { error_type: ["", "queue_full", "already_shutdown", "_OTHER"] };
  const exported = { error_type: ["", "timeout", "rejected", "_OTHER"] };
  return metricsOf({
    otel_sdk_span_started_total: {
      meets: ["PM-2"],
      type: "counter",
      class: "system",
      help: "Spans that were started, by what the sampler decided.",
      services,
      labels: { otel_span_sampling_result: ["RECORD_AND_SAMPLE", "RECORD_ONLY", "DROP"] },
    },
    otel_sdk_processor_span_processed_total: {
      meets: ["PM-2"],
      type: "counter",
      class: "system",
      help: "Spans that the processor is done with; error_type says why one was dropped, and is empty for the others.",
      services,
      labels: processed,
    },
    otel_sdk_processor_span_queue_size: {
      meets: ["PM-2"],
      type: "gauge",
      class: "system",
      help: "Spans that wait in the processor's queue.",
      services,
    },
    otel_sdk_processor_span_queue_capacity: {
      meets: ["PM-2"],
      type: "gauge",
      class: "system",
      help: "Spans that the processor's queue may hold.",
      services,
    },
    otel_sdk_exporter_span_exported_total: {
      meets: ["PM-2"],
      type: "counter",
      class: "system",
      help: "Spans whose export ended; error_type says why one failed, and is empty for the others.",
      services,
      labels: exported,
    },
    otel_sdk_processor_log_processed_total: {
      meets: ["PM-2"],
      type: "counter",
      class: "system",
      help: "Log records, structured events among them, that the processor is done with; error_type as for spans.",
      services,
      labels: processed,
    },
  });
}

/** SERVICE-spans-dropped and SERVICE-events-dropped. */
export function telemetryAlerts({ dropped = "1%" }: TelemetryTheme) {
  const lost = (service: string, what: "spans" | "events", metric: string): AlertInput => ({
    meets: ["PM-2", "PM-4"],
    summary: `More than ${dropped} of the ${what} of ${service} are lost`,
    description: `Over fifteen minutes ${service} dropped more than ${dropped} of its ${what} before they left the process.`,
    severity: "warning",
    service,
    when: {
      kind: "event-ratio",
      part: { metric, where: { error_type: { not: "" } } },
      whole: { metric },
      window: "15m",
      is: ">",
      value: dropped,
      minimumEvents: 100,
    },
    for: "10m",
    because:
      "the exporter's queue bridges a restart of the collector, and what it drops then has stopped by now",
    cause: "telemetry",
    runbook: {
      meaning: `The queue of ${what} is full: the collector takes them more slowly than they come, or not at all.`,
      impact: "Users notice nothing. What is lost now is missing when the next incident is looked into.",
      diagnosis: [
        {
          do: `See why ${what} are dropped.`,
          query: `sum by (pod, error_type) (rate(${metric}{service="${service}",error_type!=""}[5m])) > 0`,
          good: "nothing: it is over",
          bad: "queue_full: the collector or too much telemetry. already_shutdown: pods end too fast to flush",
        },
        {
          do: "See whether the export fails.",
          query: `sum by (error_type) (rate(otel_sdk_exporter_span_exported_total{service="${service}",error_type!=""}[5m])) > 0`,
          good: "nothing: the collector works, there is just too much",
          bad: "timeout: the collector is slow or down. rejected: it refuses them, read its log",
        },
        {
          do: "See what the sampler lets through.",
          query: `sum by (otel_span_sampling_result) (rate(otel_sdk_span_started_total{service="${service}"}[5m]))`,
          good: "mostly DROP: as configured",
          bad: "nearly all RECORD_AND_SAMPLE under load: sampling is not in force",
        },
        logs(service, "otel|otlp|export"),
      ],
      mitigation: [
        { do: "If the collector is down, restart it; what waits in the queues is then sent." },
        {
          do: "If there is too much, lower the share that is sampled (OTEL_TRACES_SAMPLER_ARG) until the load falls.",
        },
        {
          ...restart(service),
          do: "If one pod hangs in its export, restart the pods one after the other.",
        },
      ],
      rollback: [rollBack(service)],
    },
  });
  return alertsOf((service) => ({
    // One in a hundred over a quarter of an hour: enough to miss the trace that is needed. Never a reason to wake anybody.
    "spans-dropped": lost(service, "spans", "otel_sdk_processor_span_processed_total"),
    "events-dropped": lost(service, "events", "otel_sdk_processor_log_processed_total"),
  }));
}

/** What is sampled, what waits, what is lost. */
export function telemetryRow({ services, dropped = "1%" }: TelemetryTheme): Row {
  const share = (metric: string) => ({
    expr:
      `sum by (service) (rate(${metric}{error_type!=""}[15m])) ` +
      `/ (sum by (service) (rate(${metric}[15m])) > 0)`,
    legend: "{{service}}",
  });
  return {
    title: "Telemetry itself",
    panels: [
      {
        meets: ["PM-2"],
        title: "Sampling",
        description:
          "Share of the spans that the sampler kept. It should be what was configured, also under load.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              'sum by (service) (rate(otel_sdk_span_started_total{otel_span_sampling_result="RECORD_AND_SAMPLE"}[5m])) ' +
              "/ (sum by (service) (rate(otel_sdk_span_started_total[5m])) > 0)",
            legend: "{{service}}",
          },
        ],
      },
      {
        meets: ["PM-2", "PM-4"],
        title: "Spans dropped",
        description: `Share of the spans that were lost before their export. Above ${dropped} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [share("otel_sdk_processor_span_processed_total")],
        alerts: ofEach(services, "spans-dropped"),
      },
      {
        meets: ["PM-2", "PM-4"],
        title: "Events dropped",
        description: `Share of the log records, structured events among them, that were lost. Above ${dropped} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [share("otel_sdk_processor_log_processed_total")],
        alerts: ofEach(services, "events-dropped"),
      },
      {
        meets: ["PM-2"],
        title: "Queue of spans",
        description: "Share of the queue that is taken, the fullest pod. At 1 spans are dropped.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr:
              "max by (service) (sum by (service, pod) (otel_sdk_processor_span_queue_size) " +
              "/ (sum by (service, pod) (otel_sdk_processor_span_queue_capacity) > 0))",
            legend: "{{service}}",
          },
        ],
        thresholds: [{ value: 0.8, color: "yellow" }],
        width: "half",
      },
      {
        meets: ["PM-2"],
        title: "Export of spans",
        description: "Spans a second whose export ended, by error; an empty one is a success.",
        type: "timeseries",
        unit: "per-second",
        queries: [
          {
            expr: "sum by (service, error_type) (rate(otel_sdk_exporter_span_exported_total[5m]))",
            legend: "{{service}} {{error_type}}",
          },
        ],
        width: "half",
      },
    ],
  };
}
