import type { Row } from "./known.ts";

/** What waits for people, and for how long. */
export const approvals: Row = {
  title: "Approvals",
  panels: [
    {
      meets: ["CC-7"],
      title: "Approvals that wait",
      description: "Steps that wait for a person, by risk level.",
      type: "timeseries",
      unit: "count",
      queries: [{ expr: "max by (risk_level) (commandcenter_approvals_pending)", legend: "{{risk_level}}" }],
      alerts: ["approval-waits-long"],
      width: "quarter",
    },
    {
      meets: ["CC-7"],
      title: "Oldest approval that waits",
      description: "After 4 hours the team is told, after 24 the run is cancelled.",
      type: "stat",
      unit: "seconds",
      queries: [{ expr: "max(commandcenter_approval_oldest_seconds)", legend: "oldest" }],
      thresholds: [
        { value: 3600, color: "yellow" },
        { value: 14_400, color: "red" },
      ],
      alerts: ["approval-waits-long"],
      width: "quarter",
    },
    {
      meets: ["CC-9"],
      title: "Approval latency",
      description: "Until the channel has the notification (99 % within 30 s), over the last hour.",
      type: "timeseries",
      unit: "seconds",
      queries: [
        {
          expr: "histogram_quantile(0.99, sum by (channel, le) (rate(commandcenter_approval_notification_duration_seconds_bucket[1h])))",
          legend: "{{channel}}, p99",
        },
      ],
      thresholds: [{ value: 30, color: "red" }],
      slos: ["approval-notification"],
      width: "quarter",
    },
    {
      title: "Time until people decide",
      description: "Median and 95th percentile of a day. Security patches should not wait for days.",
      type: "stat",
      unit: "seconds",
      queries: [
        {
          expr: "histogram_quantile(0.5, sum by (le) (rate(commandcenter_approval_wait_seconds_bucket[1d])))",
          legend: "p50",
        },
        {
          expr: "histogram_quantile(0.95, sum by (le) (rate(commandcenter_approval_wait_seconds_bucket[1d])))",
          legend: "p95",
        },
      ],
      width: "quarter",
    },
    {
      meets: ["CC-7"],
      title: "Decisions of the last day",
      description: "Approved, rejected, expired. Many expired ones: nobody is told, or nobody is there.",
      type: "pie",
      unit: "count",
      queries: [
        {
          expr: "sum by (decision) (increase(commandcenter_approvals_total[1d]))",
          legend: "{{decision}}",
        },
      ],
      width: "half",
    },
    {
      meets: ["CC-7"],
      title: "Decisions that did not count",
      description: "Of the last day: the role was missing, it was their own request, or they were too late.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: "sum by (reason) (increase(commandcenter_approvals_refused_total[1d]))",
          legend: "{{reason}}",
        },
      ],
      width: "half",
    },
  ],
};
