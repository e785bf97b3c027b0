import { defineDashboards } from "fairlead";
import { known } from "./known.ts";

const decisions = (outcome: string) =>
  `sum by (gate) (increase(weathervane_gate_decisions_total{gate=~"$gate",outcome="${outcome}"}[1h])) ` +
  '/ (sum by (gate) (increase(weathervane_gate_decisions_total{gate=~"$gate"}[1h])) > 0)';

export const qualityGates = defineDashboards(known, {
  "quality-gates": {
    meets: ["WV-3"],
    title: "Quality gates",
    description:
      "What gates 1 to 5 let through and what they turn back, whether their reviewers agree, and who tried to cheat.",
    tags: ["weathervane", "WV-3"],
    variables: { gate: { title: "Gate", metric: "weathervane_gate_decisions_total", label: "gate" } },
    rows: [
      {
        title: "Decisions",
        panels: [
          {
            meets: ["WV-3"],
            title: "Approval rate by gate",
            description:
              "Share of the decisions of the last hour that approved. Compare a gate with its own past, not with the others.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: decisions("approved"), legend: "gate {{gate}}" }],
            width: "half",
          },
          {
            meets: ["WV-3"],
            title: "Rejection rate by gate",
            description:
              "Share of the decisions of the last hour that rejected. Above 30 % the team is told; above 50 % the breaker opens.",
            type: "timeseries",
            unit: "percent",
            queries: [{ expr: decisions("rejected"), legend: "gate {{gate}}" }],
            thresholds: [
              { value: 0.3, color: "yellow" },
              { value: 0.5, color: "red" },
            ],
            alerts: ["gate-rejections-high"],
            width: "half",
          },
          {
            meets: ["WV-3"],
            title: "Consensus reach rate",
            description:
              "Share of the votes of the last hour in which enough reviewers agreed. Target above 95 %.",
            type: "gauge",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum(increase(weathervane_gate_consensus_total{outcome="reached"}[1h])) ' +
                  "/ (sum(increase(weathervane_gate_consensus_total[1h])) > 0)",
                legend: "all gates",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 0.95, color: "green" },
            ],
            width: "third",
          },
          {
            title: "Votes without quorum",
            description:
              "Votes of the last hour that ended without a decision, by gate. 0 is good; each one is a page.",
            type: "timeseries",
            unit: "count",
            queries: [
              {
                expr: 'sum by (gate) (increase(weathervane_gate_consensus_total{gate=~"$gate",outcome="missed"}[1h]))',
                legend: "gate {{gate}}",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            alerts: ["gate-quorum-missed"],
            width: "two-thirds",
          },
        ],
      },
      {
        title: "Why",
        panels: [
          {
            meets: ["WV-3"],
            title: "Rubric scores over time",
            description:
              "Mean score of the last hour by criterion, from 0 (useless) to 1 (faultless). A step down after a release is its doing.",
            type: "timeseries",
            unit: "percent",
            queries: [
              {
                expr:
                  'sum by (criterion) (rate(weathervane_rubric_score_ratio_sum{gate=~"$gate"}[1h])) ' +
                  '/ (sum by (criterion) (rate(weathervane_rubric_score_ratio_count{gate=~"$gate"}[1h])) > 0)',
                legend: "{{criterion}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["WV-3"],
            title: "Top rejection reasons",
            description: "The ten most frequent reasons of rejections in the last day.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'topk(10, sum by (reason) (increase(weathervane_gate_rejections_total{gate=~"$gate"}[1d])) > 0)',
                legend: "{{reason}}",
              },
            ],
            width: "half",
          },
          {
            meets: ["WV-3"],
            title: "Adversarial catches by category",
            description:
              "Attempts to pass a gate by deceit that were caught, per hour. A sudden rise: a prompt or a model changed.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (category) (increase(weathervane_adversarial_catches_total[1h]))",
                legend: "{{category}}",
              },
            ],
            width: "full",
          },
        ],
      },
    ],
  },
});
