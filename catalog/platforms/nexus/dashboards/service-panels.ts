// Panels that the dashboards of the three services share: the same question, asked of one service.
import type { engines } from "../label-values.ts";
import { type known, redThenGreen } from "./known.ts";

type Alert = keyof typeof known.alerts;
type Slo = keyof typeof known.slos;

interface Served {
  service: (typeof engines)[number];
  /** Operations a second of one pod at full load, and what they take (NX-3). */
  operations: number;
  memory: { text: string; bytes: number };
  cores: number;
  /** Response time in seconds at the 95th percentile (NX-2). */
  response: number;
  down: Alert;
  memoryHigh: Alert;
  availability: Slo;
  fast: Slo;
}

/** Does it answer, how often does it fail, how fast is it. */
export function answering({ service, response, down, availability, fast }: Served) {
  const requests = `http_server_request_duration_seconds_count{service="${service}"`;
  return [
    {
      meets: ["NX-1"],
      title: "Replicas that answer",
      description: "Replicas that Prometheus reaches. 0: the service is down.",
      type: "stat" as const,
      unit: "count" as const,
      queries: [{ expr: `sum(up{service="${service}"})`, legend: "replicas" }],
      thresholds: redThenGreen(1),
      alerts: [down],
      width: "quarter" as const,
    },
    {
      meets: ["NX-2"],
      title: "Requests that fail",
      description: "Share of the requests that are answered with a server error. At most 0.1 % over 30 days.",
      type: "timeseries" as const,
      unit: "percent" as const,
      queries: [
        {
          expr: `sum(rate(${requests},http_response_status_code=~"5.."}[5m])) / (sum(rate(${requests}}[5m])) > 0)`,
          legend: "errors",
        },
      ],
      thresholds: [{ value: 0.001, color: "red" as const }],
      slos: [availability],
      width: "quarter" as const,
    },
    {
      meets: ["NX-2"],
      title: "Response time, 95th percentile",
      description: `Of the service's HTTP API, by route. Below ${response * 1000} ms.`,
      type: "timeseries" as const,
      unit: "seconds" as const,
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{service="${service}",pod=~"$pod"}[5m])))`,
          legend: "{{http_route}}",
        },
      ],
      thresholds: [{ value: response, color: "red" as const }],
      slos: [fast],
      width: "half" as const,
    },
  ];
}

/** What it carries and uses: load, memory, processor, and the stores; connections, routes and codes are on the dashboard Production base. */
export function using({ service, operations, memory, cores, memoryHigh }: Served) {
  return [
    {
      meets: ["NX-3"],
      title: "Operations per second",
      description: `Requests that are answered, by pod. A pod is made for ${operations.toLocaleString("en")}; at 70 % of that one is added.`,
      type: "timeseries" as const,
      unit: "per-second" as const,
      queries: [
        {
          expr: `sum by (pod) (rate(http_server_request_duration_seconds_count{service="${service}",pod=~"$pod"}[$__rate_interval]))`,
          legend: "{{pod}}",
        },
      ],
      thresholds: [{ value: operations, color: "yellow" as const }],
      width: "quarter" as const,
    },
    {
      meets: ["NX-3", "NX-4"],
      title: "Memory",
      description: `Memory in RAM, by pod. About ${memory.text} at full load; an instance may be given up to 64 GB.`,
      type: "timeseries" as const,
      unit: "bytes" as const,
      queries: [
        {
          expr: `sum by (pod) (process_resident_memory_bytes{service="${service}",pod=~"$pod"})`,
          legend: "{{pod}}",
        },
        {
          expr: `max(nexus_memory_limit_bytes{service="${service}",pod=~"$pod"})`,
          legend: "given",
        },
      ],
      thresholds: [{ value: 1.5 * memory.bytes, color: "yellow" as const }],
      alerts: [memoryHigh],
      width: "quarter" as const,
    },
    {
      meets: ["NX-3"],
      title: "CPU",
      description: `Processor cores in use, by pod. About ${cores} at full load.`,
      type: "timeseries" as const,
      unit: "cores" as const,
      queries: [
        {
          expr: `sum by (pod) (rate(process_cpu_seconds_total{service="${service}",pod=~"$pod"}[$__rate_interval]))`,
          legend: "{{pod}}",
        },
      ],
      thresholds: [{ value: cores, color: "yellow" as const }],
      width: "quarter" as const,
    },
    {
      title: "Stores, 95th percentile",
      description:
        "How long Redis and PostgreSQL take, as this service sees it. Redis below 5 ms, PostgreSQL below 50 ms.",
      type: "timeseries" as const,
      unit: "seconds" as const,
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (db_system_name, le) (rate(db_client_operation_duration_seconds_bucket{service="${service}",pod=~"$pod"}[5m])))`,
          legend: "{{db_system_name}}",
        },
      ],
      thresholds: [{ value: 0.05, color: "yellow" as const }],
      width: "quarter" as const,
    },
  ];
}
