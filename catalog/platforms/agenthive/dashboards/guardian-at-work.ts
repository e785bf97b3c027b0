import type { Row } from "./known.ts";

/** What the guardian did about limits, and what it left behind (AH-2, AH-9). */
export const actions: Row = {
  title: "What the guardian did",
  panels: [
    {
      meets: ["AH-2"],
      title: "Actions per hour",
      description:
        "By resource, from slow-down to stop-agent. More than 20 clean-ups an hour: limits or tasks do not fit.",
      type: "timeseries",
      unit: "per-hour",
      queries: [
        {
          expr: 'sum by (resource, action) (increase(agenthive_guardian_actions_total{resource=~"$resource"}[1h])) > 0',
          legend: "{{resource}} {{action}}",
        },
      ],
      alerts: ["clean-ups-frequent"],
    },
    {
      meets: ["AH-2"],
      title: "Actions without effect",
      description: "Of the last day: use did not fall below the limit within 10 seconds. 0 is good.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: 'sum by (resource, action) (increase(agenthive_guardian_actions_total{outcome="failure"}[1d])) > 0',
          legend: "{{resource}} {{action}}",
        },
      ],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["guardian-action-failed"],
    },
    {
      meets: ["AH-2"],
      title: "Given back per hour",
      description:
        "Memory and disk that clean-ups gave back. Many clean-ups and little given back: they miss the cause.",
      type: "timeseries",
      unit: "bytes",
      queries: [
        {
          expr: "sum by (resource) (increase(agenthive_guardian_cleaned_bytes_total[1h]))",
          legend: "{{resource}}",
        },
      ],
    },
    {
      meets: ["AH-2", "AH-9"],
      title: "Orphaned processes ended",
      description: "Of the last day. Some are normal; more than a hundred: agents do not end their children.",
      type: "stat",
      unit: "count",
      queries: [
        { expr: "sum(increase(agenthive_guardian_cleaned_processes_total[1d]))", legend: "processes" },
      ],
      thresholds: [{ value: 100, color: "yellow" }],
      width: "quarter",
    },
    {
      meets: ["AH-9"],
      title: "Zombie processes",
      description: "Processes that ended and were not collected. Must be 0.",
      type: "stat",
      unit: "count",
      queries: [{ expr: "max by (pod) (agenthive_zombie_processes)", legend: "{{pod}}" }],
      thresholds: [{ value: 1, color: "red" }],
      alerts: ["zombie-processes"],
      width: "quarter",
    },
    {
      meets: ["AH-7"],
      title: "Ends of agents",
      description:
        "Of the last day: by themselves, killed after 10 seconds, or stuck. Nearly all should be graceful, none stuck.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: "sum by (outcome) (increase(agenthive_terminations_total[1d]))",
          legend: "{{outcome}}",
        },
      ],
      alerts: ["agent-termination-stuck"],
      width: "half",
    },
  ],
};
