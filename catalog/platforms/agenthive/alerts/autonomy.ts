import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { hivectl, logs, releasesOf, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of how the hive's own work develops (AH-14). */
export const autonomyAlerts = defineAlerts(
  { services, metrics },
  {
    "autonomy-score-low": {
      meets: ["AH-14"],
      summary: "The autonomy score has been below 70 % for an hour",
      description:
        "Less than 70 % of the last day's decisions, weighted by risk, were made by agents and kept.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_autonomy_score_ratio",
        aggregate: "max",
        is: "<",
        value: 0.7,
      },
      for: "1h",
      because:
        "the score is of a whole day and moves slowly: one decision at its edge takes it back and forth for a while",
      runbook: {
        meaning: "People decide more than they should, or agents' decisions are taken back.",
        impact: "The hive is slower than it could be, and people are its bottleneck.",
        diagnosis: [
          {
            do: "See which of the two it is.",
            query: "sum by (maker, outcome) (increase(agenthive_decisions_total[1d]))",
            good: "nearly all by sessions, and kept",
            bad: "person leads: sessions ask too much. taken-back is high: they decide badly",
          },
          {
            do: "See which questions were asked.",
            command: logs(
              "session-manager",
              'select(.event == "person-requested") | {session_id, reason, question}',
            ),
            bad: "the same question again and again: a rule is missing",
          },
          releasesOf("session-manager"),
        ],
        mitigation: [
          {
            do: "A question that returns: answer it once as a rule.",
            command: hivectl("rules add --from-request ID"),
          },
          { do: "Decisions that are taken back since a release: roll it back as shown below." },
        ],
        rollback: [rollBack("session-manager")],
      },
    },
    "technical-debt-growing": {
      meets: ["AH-14"],
      summary: "Technical debt grew by more than 20 % in a week",
      description: "It would take more than 20 % longer than a week ago to mend what static analysis finds.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "promql",
        expr: "sum(agenthive_technical_debt_seconds) > 1.2 * sum(agenthive_technical_debt_seconds offset 1w)",
        examples: [
          {
            title: "steady for a week, then a quarter more, then mended",
            interval: "1h",
            series: {
              'agenthive_technical_debt_seconds{platform="agenthive",service="session-manager",category="complexity"}':
                "200000x170 270000x10 200000x20",
              'agenthive_technical_debt_seconds{platform="agenthive",service="session-manager",category="duplication"}':
                "80000x200",
            },
            expect: [
              { at: "169h", firing: [] },
              { at: "171h", firing: [] },
              { at: "173h", firing: [{}] },
              { at: "190h", firing: [] },
            ],
          },
        ],
      },
      for: "1h",
      because:
        "compared with a week ago an hour decides nothing, and what was merged by half may be followed by its other half",
      runbook: {
        meaning: "The hive adds code faster than it keeps it in order.",
        impact: "None today; every later change takes longer.",
        diagnosis: [
          {
            do: "See what grew.",
            query:
              "sum by (category) (agenthive_technical_debt_seconds - agenthive_technical_debt_seconds offset 1w)",
            good: "about as much in each: it grew with the code; compare with what was merged this week",
            bad: "one category leads",
          },
          {
            do: "Find the sessions that added it.",
            command: hivectl("debt report --since 7d --by session"),
            good: "many with a little each",
            bad: "one or two with most of it",
          },
        ],
        mitigation: [
          {
            do: "Give the next sessions clean-up tasks in the files that the report names.",
            command: hivectl("tasks create --from-debt --top 10 --priority normal"),
            good: "prints ten tasks",
          },
        ],
      },
    },
  },
);
