import { defineDashboards } from "fairlead";
import { alerts } from "../alerts.ts";
import { metrics } from "../metrics.ts";
import { slos } from "../slos.ts";

const redThenGreen = (from: number) => [
  { value: 0, color: "red" as const },
  { value: from, color: "green" as const },
];

export const coordination = defineDashboards(
  { metrics, slos, alerts },
  {
    coordination: {
      title: "Coordination",
      description: "Whether the coordinator answers, how fast tasks get through it, and how full it is.",
      tags: ["nexus", "NX-2"],
      variables: { pod: { title: "Pod", metric: "nexus_agents_registered", label: "pod" } },
      rows: [
        {
          title: "Does it work",
          panels: [
            {
              title: "Coordinators that answer",
              description: "Replicas that Prometheus reaches. 0: Nexus stands still.",
              type: "stat",
              unit: "count",
              queries: [{ expr: 'sum(up{service="multi-agent-coordinator"})', legend: "replicas" }],
              thresholds: redThenGreen(1),
              alerts: ["coordinator-down"],
              width: "quarter",
            },
            {
              title: "Redis reachable",
              description: "1 for each replica that gets answers from Redis. All 0: Redis is down.",
              type: "timeseries",
              unit: "on-off",
              queries: [{ expr: 'min by (pod) (nexus_redis_reachable{pod=~"$pod"})', legend: "{{pod}}" }],
              alerts: ["redis-unreachable"],
              width: "quarter",
            },
            {
              meets: ["NX-2"],
              title: "Requests that fail",
              description:
                "Share of the requests that are answered with a server error. At most 0.1 % over 30 days.",
              type: "timeseries",
              unit: "percent",
              queries: [
                {
                  expr:
                    'sum(rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m])) ' +
                    "/ (sum(rate(http_server_request_duration_seconds_count[5m])) > 0)",
                  legend: "errors",
                },
              ],
              thresholds: [{ value: 0.001, color: "red" }],
              slos: ["coordinator-availability"],
              width: "quarter",
            },
            {
              meets: ["NX-2"],
              title: "Tasks completed",
              description:
                "Share of the tasks of the last hour that were completed, cancelled ones left out. At least 95 %.",
              type: "timeseries",
              unit: "percent",
              queries: [
                {
                  expr:
                    'sum(rate(nexus_tasks_total{outcome="completed"}[1h])) ' +
                    '/ (sum(rate(nexus_tasks_total{outcome!="cancelled"}[1h])) > 0)',
                  legend: "completed",
                },
              ],
              thresholds: redThenGreen(0.95),
              slos: ["task-completion"],
              width: "quarter",
            },
          ],
        },
        {
          title: "How fast is it",
          panels: [
            {
              meets: ["NX-2"],
              title: "Response time, 95th percentile",
              description: "Of the coordinator's HTTP API, by route. Below 100 ms.",
              type: "timeseries",
              unit: "seconds",
              queries: [
                {
                  expr: "histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket[5m])))",
                  legend: "{{http_route}}",
                },
              ],
              thresholds: [{ value: 0.1, color: "red" }],
              slos: ["coordinator-response"],
              width: "third",
            },
            {
              meets: ["NX-2"],
              title: "Coordination cycle, 95th percentile",
              description: "Time to match, schedule, balance and resolve conflicts. Below a second.",
              type: "timeseries",
              unit: "seconds",
              queries: [
                {
                  expr: 'histogram_quantile(0.95, sum by (pod, le) (rate(nexus_coordination_cycle_duration_seconds_bucket{pod=~"$pod"}[5m])))',
                  legend: "{{pod}}",
                },
              ],
              thresholds: [{ value: 1, color: "red" }],
              slos: ["coordination-cycle"],
              width: "third",
            },
            {
              meets: ["NX-2"],
              title: "End-to-end response, 95th percentile",
              description: "Time from a task's arrival to its answer, by priority. Below 2 s.",
              type: "timeseries",
              unit: "seconds",
              queries: [
                {
                  expr: "histogram_quantile(0.95, sum by (priority, le) (rate(nexus_task_duration_seconds_bucket[5m])))",
                  legend: "{{priority}}",
                },
              ],
              thresholds: [{ value: 2, color: "red" }],
              slos: ["end-to-end-response"],
              width: "third",
            },
            {
              meets: ["NX-3"],
              title: "Operations per second",
              description: "Requests that the coordinator answers, by pod. A pod is made for 1,000.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: 'sum by (pod) (rate(http_server_request_duration_seconds_count{pod=~"$pod"}[$__rate_interval]))',
                  legend: "{{pod}}",
                },
              ],
              thresholds: [{ value: 1000, color: "yellow" }],
              width: "half",
            },
            {
              title: "Redis commands, 95th percentile",
              description: "Duration of Redis commands as the coordinator sees them. Below 5 ms is good.",
              type: "timeseries",
              unit: "seconds",
              queries: [
                {
                  expr: "histogram_quantile(0.95, sum by (le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
                  legend: "p95",
                },
              ],
              thresholds: [{ value: 0.005, color: "yellow" }],
              width: "half",
            },
          ],
        },
        {
          title: "How full is it",
          panels: [
            {
              meets: ["NX-4"],
              title: "Queue",
              description:
                "Share of the queue's 1,000 places that are taken. At 80 % the team is told; at 100 % tasks are refused.",
              type: "gauge",
              unit: "percent",
              queries: [
                { expr: "sum(nexus_queue_tasks) / (sum(nexus_queue_limit_tasks) > 0)", legend: "taken" },
              ],
              thresholds: [
                { value: 0.8, color: "yellow" },
                { value: 1, color: "red" },
              ],
              alerts: ["queue-nearly-full", "queue-full"],
              width: "third",
            },
            {
              meets: ["NX-4"],
              title: "Waiting tasks by priority",
              description: "Tasks in the shared queue; all replicas see the same ones.",
              type: "timeseries",
              unit: "count",
              queries: [{ expr: "max by (priority) (nexus_queue_tasks)", legend: "{{priority}}" }],
              width: "third",
            },
            {
              meets: ["NX-4"],
              title: "Agents by coordinator",
              description: "Agents that are registered at each replica. It is made for 100.",
              type: "timeseries",
              unit: "count",
              queries: [{ expr: 'sum by (pod) (nexus_agents_registered{pod=~"$pod"})', legend: "{{pod}}" }],
              thresholds: [
                { value: 90, color: "yellow" },
                { value: 100, color: "red" },
              ],
              alerts: ["agents-near-limit"],
              width: "third",
            },
            {
              title: "Assignments by type of agent",
              description: "Tasks a second that are given to agents of each type.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: "sum by (agent_type) (rate(nexus_agent_assignments_total[$__rate_interval]))",
                  legend: "{{agent_type}}",
                },
              ],
              width: "quarter",
            },
            {
              title: "Conflicts by strategy",
              description:
                "Conflicts between agents in the last hour, by the strategy that was tried and whether it helped.",
              type: "timeseries",
              unit: "per-hour",
              queries: [
                {
                  expr: "sum by (strategy, outcome) (increase(nexus_conflicts_total[1h]))",
                  legend: "{{strategy}} {{outcome}}",
                },
              ],
              width: "quarter",
            },
            {
              meets: ["NX-3"],
              title: "Memory",
              description: "Memory in RAM, by pod. About 512 MB at 1,000 operations a second.",
              type: "timeseries",
              unit: "bytes",
              queries: [
                { expr: 'sum by (pod) (process_resident_memory_bytes{pod=~"$pod"})', legend: "{{pod}}" },
              ],
              thresholds: [{ value: 768e6, color: "yellow" }],
              width: "quarter",
            },
            {
              meets: ["NX-3"],
              title: "CPU",
              description:
                "Processor cores in use, by pod. About a quarter of a core at 1,000 operations a second.",
              type: "timeseries",
              unit: "cores",
              queries: [
                {
                  expr: 'sum by (pod) (rate(process_cpu_seconds_total{pod=~"$pod"}[$__rate_interval]))',
                  legend: "{{pod}}",
                },
              ],
              width: "quarter",
            },
          ],
        },
      ],
    },
  },
);
