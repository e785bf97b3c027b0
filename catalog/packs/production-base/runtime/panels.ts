import { ofEach, type Row } from "../entries.ts";
import type { NodejsTheme, ProcessTheme } from "../themes.ts";

/** Processor, memory, file descriptors, restarts. */
export function processRow({ services, descriptors = "80%" }: ProcessTheme): Row {
  return {
    title: "Processes",
    panels: [
      {
        meets: ["PM-3"],
        title: "CPU",
        description: "Processor cores in use, by pod.",
        type: "timeseries",
        unit: "cores",
        queries: [
          {
            expr: "sum by (service, pod) (rate(process_cpu_seconds_total[$__rate_interval]))",
            legend: "{{service}} {{pod}}",
          },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-3"],
        title: "Memory",
        description: "Memory in RAM, by pod. A line that only climbs is a leak.",
        type: "timeseries",
        unit: "bytes",
        queries: [
          { expr: "sum by (service, pod) (process_resident_memory_bytes)", legend: "{{service}} {{pod}}" },
        ],
        width: "quarter",
      },
      {
        meets: ["PM-3", "PM-4"],
        title: "File descriptors",
        description: `Share of the file descriptors that are open, by pod. Above ${descriptors} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr: "sum by (service, pod) (process_open_fds) / (sum by (service, pod) (process_max_fds) > 0)",
            legend: "{{service}} {{pod}}",
          },
        ],
        alerts: ofEach(services, "fds-low"),
        width: "quarter",
      },
      {
        meets: ["PM-3", "PM-4"],
        title: "Restarts",
        description: "Restarts of the last hour, by service. 0 is good; one for each pod is a release.",
        type: "timeseries",
        unit: "count",
        queries: [
          { expr: "sum by (service) (changes(process_start_time_seconds[1h]))", legend: "{{service}}" },
        ],
        alerts: ofEach(services, "unreachable"),
        width: "quarter",
      },
    ],
  };
}

/** Event loop, heap, garbage collection, open handles. */
export function nodejsRow({ services, loopDelaySeconds = 0.2, heap = "90%" }: NodejsTheme): Row {
  return {
    title: "Node.js",
    panels: [
      {
        meets: ["PM-3", "PM-4"],
        title: "Event loop delay, 99th percentile",
        description: `How late the event loop is, by pod. Above ${loopDelaySeconds} s the team is told.`,
        type: "timeseries",
        unit: "seconds",
        queries: [
          {
            expr: "max by (service, pod) (nodejs_eventloop_delay_p99_seconds)",
            legend: "{{service}} {{pod}}",
          },
        ],
        thresholds: [{ value: loopDelaySeconds, color: "yellow" }],
        alerts: ofEach(services, "loop-blocked"),
      },
      {
        meets: ["PM-3"],
        title: "Event loop utilization",
        description: "Share of the time that the event loop was busy, by pod. Near 1: another pod is needed.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr: "max by (service, pod) (nodejs_eventloop_utilization_ratio)",
            legend: "{{service}} {{pod}}",
          },
        ],
      },
      {
        meets: ["PM-3", "PM-4"],
        title: "Heap",
        description: `Share of the heap that may be used, by pod. Above ${heap} the team is told.`,
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr: "sum by (service, pod) (v8js_memory_heap_used_bytes) / (sum by (service, pod) (nodejs_heap_size_limit_bytes) > 0)",
            legend: "{{service}} {{pod}}",
          },
        ],
        alerts: ofEach(services, "heap-full"),
      },
      {
        meets: ["PM-3"],
        title: "Time in garbage collection",
        description:
          "Share of the time that garbage collection takes, average of the pods, by kind. Above 10 % memory is short.",
        type: "timeseries",
        unit: "percent",
        queries: [
          {
            expr: "avg by (service, v8js_gc_type) (rate(v8js_gc_duration_seconds_sum[5m]))",
            legend: "{{service}} {{v8js_gc_type}}",
          },
        ],
        width: "half",
      },
      {
        meets: ["PM-3"],
        title: "Open handles",
        description: "What keeps the event loop alive, by kind. A kind that only climbs is not closed.",
        type: "timeseries",
        unit: "count",
        queries: [
          {
            expr: "sum by (service, v8js_resource_type) (v8js_resource_active)",
            legend: "{{service}} {{v8js_resource_type}}",
          },
        ],
        width: "half",
      },
    ],
  };
}
