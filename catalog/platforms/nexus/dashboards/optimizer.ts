import { defineDashboards } from "fairlead";
import { optimizer } from "../label-values.ts";
import { known, redThenGreen } from "./known.ts";
import { answering, using } from "./service-panels.ts";

const served = {
  service: optimizer,
  operations: 800,
  memory: { text: "512 MB", bytes: 512e6 },
  cores: 0.3,
  response: 0.2,
  down: "optimizer-down",
  memoryHigh: "optimizer-memory-high",
  availability: "optimizer-availability",
  fast: "optimizer-response",
} as const;

export const productionOptimizer = defineDashboards(known, {
  "production-optimizer": {
    meets: ["NX-1", "NX-2", "NX-3", "NX-10"],
    title: "Production optimizer",
    description:
      "What is optimised and what it brings, what will wear out or run short, and how the service itself is.",
    tags: ["nexus", "NX-10"],
    variables: { pod: { title: "Pod", metric: "nexus_metric_samples_total", label: "pod" } },
    rows: [
      { title: "Does it answer", panels: answering(served) },
      {
        title: "What does it bring",
        panels: [
          {
            meets: ["NX-2"],
            title: "Gain against the baseline",
            description: "What the optimisations in force gain. At least 25 %; 30 % was reached elsewhere.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: "min(nexus_performance_improvement_ratio)", legend: "gain" }],
            thresholds: redThenGreen(0.25),
            slos: ["performance-improvement"],
            width: "third",
          },
          {
            meets: ["NX-2"],
            title: "Budget left of the gain",
            description:
              "Share of the 30 days' budget of minutes below a gain of 25 % that is left. Below 0 the objective of 95 % is missed.",
            type: "stat",
            unit: "percent",
            queries: [
              {
                expr: 'slo:period_error_budget_remaining:ratio{slo="performance-improvement"}',
                legend: "left",
              },
            ],
            thresholds: [
              { value: -1, color: "red" },
              { value: 0, color: "yellow" },
              { value: 0.25, color: "green" },
            ],
            slos: ["performance-improvement"],
            width: "third",
          },
          {
            meets: ["NX-2"],
            title: "Confidence of decisions",
            description:
              "Mean of the last hour, and the share of decisions that reach 80 % by themselves. The mean must be at least 80 %.",
            type: "timeseries",
            unit: "percent",
            queries: [
              { expr: "min(nexus_decision_confidence_mean_ratio)", legend: "mean" },
              {
                expr: 'sum(rate(nexus_decisions_total{confidence="sufficient"}[1h])) / (sum(rate(nexus_decisions_total[1h])) > 0)',
                legend: "reach 80 %",
              },
            ],
            thresholds: redThenGreen(0.8),
            slos: ["decision-confidence"],
            width: "third",
          },
          {
            meets: ["NX-2", "NX-10"],
            title: "Median confidence by type",
            description:
              "Confidence that half of the decisions of a type reach. Above 0.8 is good; 0.87 was reached elsewhere.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr: "histogram_quantile(0.5, sum by (optimization, le) (rate(nexus_decision_confidence_ratio_bucket[1h])))",
                legend: "{{optimization}}",
              },
            ],
            thresholds: redThenGreen(0.8),
            slos: ["decision-confidence"],
            width: "half",
          },
          {
            meets: ["NX-10"],
            title: "Decisions by what followed",
            description: "By hour: applied, recommended to people, or dropped.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              { expr: "sum by (action) (increase(nexus_decisions_total[1h]))", legend: "{{action}}" },
            ],
            width: "half",
          },
          {
            meets: ["NX-10"],
            title: "Optimisations by type",
            description: "Of the last day, for all eight types, by what their measurement showed.",
            type: "table",
            unit: "count",
            queries: [{ expr: "sum by (optimization, outcome) (increase(nexus_optimizations_total[1d]))" }],
            alerts: ["optimizations-taken-back"],
            width: "half",
          },
          {
            meets: ["NX-10"],
            title: "Reliability enhancements",
            description: "Of the last day, for all seven types. A failure leaves a known weakness.",
            type: "table",
            unit: "count",
            queries: [
              { expr: "sum by (enhancement, outcome) (increase(nexus_reliability_enhancements_total[1d]))" },
            ],
            alerts: ["reliability-enhancement-failed"],
            width: "half",
          },
        ],
      },
      {
        title: "What is foreseen",
        panels: [
          {
            meets: ["NX-10"],
            title: "Health of the parts",
            description:
              "Now, and where it will be in 24 hours if it goes on as in the last 6. Below 50 % maintenance is due.",
            type: "timeseries",
            unit: "percent",
            queries: [
              { expr: "min by (component) (nexus_component_health_ratio)", legend: "{{component}}" },
              {
                expr: "predict_linear(min by (component) (nexus_component_health_ratio)[6h:6m], 86400)",
                legend: "{{component}} in 24 h",
              },
            ],
            thresholds: redThenGreen(0.5),
            alerts: ["maintenance-due"],
            width: "half",
          },
          {
            meets: ["NX-4"],
            title: "Metric samples",
            description:
              "Samples a second that are taken in or dropped. Made for 100,000; none should be dropped.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (outcome) (rate(nexus_metric_samples_total{pod=~"$pod"}[$__rate_interval]))',
                legend: "{{outcome}}",
              },
            ],
            thresholds: [
              { value: 90_000, color: "yellow" },
              { value: 100_000, color: "red" },
            ],
            alerts: ["samples-near-limit", "samples-dropped"],
            width: "half",
          },
        ],
      },
      { title: "What does it carry and use", panels: using(served) },
    ],
  },
});
