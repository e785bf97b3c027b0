import { metricsOf } from "../entries.ts";
import type { NodejsTheme, ProcessTheme } from "../themes.ts";

/** The process metrics that Prometheus' client libraries share, whatever the language. */
export function processMetrics(theme: ProcessTheme) {
  const services = [...theme.services];
  return metricsOf({
    process_cpu_seconds_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "system",
      unit: "seconds",
      help: "Processor time that the process has used, in user and system mode.",
      services,
    },
    process_resident_memory_bytes: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Memory of the process that is in RAM.",
      services,
    },
    process_start_time_seconds: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "When the process started, in seconds since 1970; a change is a restart.",
      services,
    },
    process_open_fds: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      help: "File descriptors that the process has open: files, sockets, pipes.",
      services,
    },
    process_max_fds: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      help: "File descriptors that the process may have open.",
      services,
    },
  });
}

/** OpenTelemetry's metrics of Node.js and V8, and the heap's limit, for which it has no convention. */
export function nodejsMetrics(theme: NodejsTheme) {
  const services = [...theme.services];
  return metricsOf({
    nodejs_eventloop_delay_p99_seconds: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "seconds",
      help: "Delay of the event loop, 99th percentile since the last scrape.",
      services,
    },
    nodejs_eventloop_utilization_ratio: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "ratio",
      help: "Share of the time that the event loop was busy since the last scrape; 1 is all of it.",
      services,
    },
    v8js_memory_heap_used_bytes: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Heap memory in use, by space.",
      services,
      labels: {
        v8js_heap_space_name: ["new_space", "old_space", "code_space", "large_object_space", "_OTHER"],
      },
    },
    // What OpenTelemetry called heap.limit until it renamed it is what V8 has taken by now, not what it may take.
    nodejs_heap_size_limit_bytes: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Heap memory that the process may use before it ends: V8's heap_size_limit.",
      services,
    },
    v8js_gc_duration_seconds: {
      meets: ["PM-3"],
      type: "histogram",
      class: "system",
      unit: "seconds",
      help: "Duration of garbage collections, during which nothing else runs.",
      services,
      labels: { v8js_gc_type: ["major", "minor", "incremental", "weakcb"] },
      // The boundaries that OpenTelemetry's convention asks for.
      buckets: [0.01, 0.1, 1, 10],
    },
    v8js_resource_active: {
      meets: ["PM-3"],
      type: "gauge",
      class: "system",
      help: "Open handles: what keeps the event loop alive, such as sockets, timers and files, by kind.",
      services,
      labels: { v8js_resource_type: { atMost: 20 } },
    },
  });
}
