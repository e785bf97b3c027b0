import type { Row } from "./known.ts";

/** What agents find and mend, and what people make of it. */
export const findings: Row = {
  title: "Findings",
  panels: [
    {
      meets: ["CC-6"],
      title: "Compliance findings",
      description:
        "Of the compliance checker in the last day: licences, security headers, secrets, environment variables.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: 'sum by (category) (increase(commandcenter_findings_total{category=~"licence|security-header|secret|environment-variable"}[1d]))',
          legend: "{{category}}",
        },
      ],
      width: "third",
    },
    {
      meets: ["CC-8"],
      title: "Review findings",
      description: "Of the code reviewer in the last day: static analysis, complexity, best practice.",
      type: "bar-gauge",
      unit: "count",
      queries: [
        {
          expr: 'sum by (category) (increase(commandcenter_findings_total{category=~"static-analysis|complexity|best-practice"}[1d]))',
          legend: "{{category}}",
        },
      ],
      width: "third",
    },
    {
      title: "Critical and high findings",
      description: "Of all agents, per day. A rise after a release of a shared library is a reason to look.",
      type: "timeseries",
      unit: "per-day",
      queries: [
        {
          expr: 'sum by (category) (increase(commandcenter_findings_total{severity=~"critical|high"}[1d])) > 0',
          legend: "{{category}}",
        },
      ],
      width: "third",
    },
    {
      meets: ["CC-8"],
      title: "Feedback that people act on",
      description:
        "Share of the resolved findings of a week that were fixed. Low: the agent says what nobody needs.",
      type: "bar-gauge",
      unit: "percent",
      queries: [
        {
          expr:
            'sum by (agent) (increase(commandcenter_findings_resolved_total{resolution="fixed"}[7d])) ' +
            "/ (sum by (agent) (increase(commandcenter_findings_resolved_total[7d])) > 0)",
          legend: "{{agent}}",
        },
      ],
      width: "third",
    },
    {
      meets: ["CC-8"],
      title: "Reviews that knew the scanner's findings",
      description: "Share of the last 6 hours. Below 90 % the team is told.",
      type: "stat",
      unit: "percent",
      queries: [
        {
          expr:
            'sum(increase(commandcenter_reviews_total{scanner_findings="used"}[6h])) ' +
            "/ (sum(increase(commandcenter_reviews_total[6h])) > 0)",
          legend: "used",
        },
      ],
      thresholds: [
        { value: 0, color: "red" },
        { value: 0.9, color: "green" },
      ],
      alerts: ["review-without-scan"],
      width: "third",
    },
    {
      meets: ["CC-7"],
      title: "Patches by outcome",
      description:
        "Of the patcher in the last week: merged, open, failed in tests, reverted. Above 20 % of the last two the team is told.",
      type: "timeseries",
      unit: "count",
      queries: [
        {
          expr: "sum by (kind, outcome) (increase(commandcenter_patches_total[7d]))",
          legend: "{{kind}} {{outcome}}",
        },
      ],
      alerts: ["reverted-patches"],
      width: "third",
    },
  ],
};
