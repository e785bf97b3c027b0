import { defineDashboards } from "fairlead";
import { actions } from "./guardian-at-work.ts";
import { known } from "./known.ts";

const free =
  'sum by (system_filesystem_mountpoint) (system_filesystem_usage_bytes{system_filesystem_state="free"})';
const size = "(sum by (system_filesystem_mountpoint) (system_filesystem_limit_bytes) > 0)";

export const resourceGuardian = defineDashboards(known, {
  "resource-guardian": {
    meets: ["AH-2", "AH-5", "AH-9"],
    title: "Resource guardian",
    description: "What sessions use of their limits, where that leads, and what the guardian does about it.",
    tags: ["agenthive", "AH-2"],
    variables: {
      session: { title: "Session", metric: "agenthive_session_resource_used_ratio", label: "session" },
      resource: { title: "Resource", metric: "agenthive_session_resource_used_ratio", label: "resource" },
    },
    rows: [
      {
        title: "Limits",
        panels: [
          {
            meets: ["AH-2"],
            title: "Nearest to a limit",
            description:
              "The ten highest uses. At 80 % the guardian slows down and cleans up, at 100 % it stops.",
            type: "bar-gauge",
            unit: "percent",
            queries: [
              {
                expr: 'topk(10, max by (session, resource) (agenthive_session_resource_used_ratio{session=~"$session",resource=~"$resource"}))',
                legend: "{{session}} {{resource}}",
              },
            ],
            thresholds: [
              { value: 0.8, color: "yellow" },
              { value: 1, color: "red" },
            ],
            alerts: ["session-resource-high", "session-resource-exhausted"],
          },
          {
            meets: ["AH-5"],
            title: "Use in 2 hours, at the last hour's pace",
            description:
              "A straight line from the last hour. Above 100 % something leaks; CPU does not add up and is left out.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: 'predict_linear(max by (session, resource) (agenthive_session_resource_used_ratio{session=~"$session",resource!="cpu"})[1h:1m], 7200)',
                legend: "{{session}} {{resource}}",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["session-limit-predicted"],
          },
          {
            meets: ["AH-2"],
            title: "Time since the last look",
            description:
              "The guardian looks at every session each 5 seconds; above 30 no limit holds, and somebody is woken.",
            type: "stat",
            unit: "seconds",
            queries: [{ expr: "min(agenthive_guardian_sweep_age_seconds)", legend: "since" }],
            thresholds: [
              { value: 10, color: "yellow" },
              { value: 30, color: "red" },
            ],
            alerts: ["guardian-stalled", "resource-guardian-down"],
          },
        ],
      },
      {
        title: "Use by session",
        panels: [
          {
            meets: ["AH-2"],
            title: "Memory",
            description:
              "In RAM, all processes of a session; the limit is 1 GiB. A line that only climbs is a leak.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: 'max by (session) (agenthive_session_memory_bytes{session=~"$session"})',
                legend: "{{session}}",
              },
            ],
            thresholds: [{ value: 1_073_741_824, color: "red" }],
            width: "quarter",
          },
          {
            meets: ["AH-2"],
            title: "CPU",
            description: "Cores in use; the limit is one.",
            type: "timeseries",
            unit: "cores",
            queries: [
              {
                expr: 'sum by (session) (rate(agenthive_session_cpu_seconds_total{session=~"$session"}[$__rate_interval]))',
                legend: "{{session}}",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            width: "quarter",
          },
          {
            meets: ["AH-2"],
            title: "Workspace",
            description: "Size on disk; the limit is 1 GiB.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: 'max by (session) (agenthive_session_workspace_bytes{session=~"$session"})',
                legend: "{{session}}",
              },
            ],
            thresholds: [{ value: 1_073_741_824, color: "red" }],
            width: "quarter",
          },
          {
            meets: ["AH-2"],
            title: "Processes",
            description: "The limit is 64. A jump is a loop that starts processes.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'max by (session) (agenthive_session_processes{session=~"$session"})',
                legend: "{{session}}",
              },
            ],
            thresholds: [{ value: 64, color: "red" }],
            width: "quarter",
          },
        ],
      },
      actions,
      {
        title: "Volumes and services",
        panels: [
          {
            meets: ["AH-2"],
            title: "Free space",
            description: "Share of each volume that is free. Below 10 % somebody is woken.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: `${free} / ${size}`, legend: "{{system_filesystem_mountpoint}}" }],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.1, color: "yellow" },
              { value: 0.25, color: "green" },
            ],
            alerts: ["volume-nearly-full"],
            width: "quarter",
          },
          {
            meets: ["AH-5"],
            title: "Free space in a day, at the last 6 hours' pace",
            description: "A straight line from the last six hours. Below 0 the volume is full within a day.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: 'predict_linear(min by (system_filesystem_mountpoint) (system_filesystem_usage_bytes{system_filesystem_state="free"})[6h:6m], 86400)',
                legend: "{{system_filesystem_mountpoint}}",
              },
            ],
            thresholds: [
              { value: -1e15, color: "red" },
              { value: 0, color: "green" },
            ],
            alerts: ["volume-full-predicted"],
            width: "quarter",
          },
          {
            title: "Memory of the services",
            description: "In RAM, by pod, agents not included. Over 24 hours it should stay level.",
            type: "timeseries",
            unit: "bytes",
            queries: [
              {
                expr: "sum by (service, pod) (process_resident_memory_bytes)",
                legend: "{{service}} {{pod}}",
              },
            ],
            width: "quarter",
          },
          {
            title: "CPU of the services",
            description: "Cores in use, by pod, agents not included.",
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
        ],
      },
    ],
  },
});
