import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  autopilotctl,
  breakers,
  logs,
  pauseStarts,
  releasesOf,
  resumeStarts,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of the quality gates. */
export const gateAlerts = defineAlerts(
  { services, metrics },
  {
    "gate-quorum-missed": {
      meets: ["WV-6", "WV-9"],
      summary: "Gate {{ $labels.gate }} did not reach its quorum",
      description:
        "Too few reviewers of gate {{ $labels.gate }} voted, or they did not agree: the gate could not decide.",
      severity: "critical",
      service: "autopilot",
      when: {
        kind: "increase",
        metric: "weathervane_gate_consensus_total",
        where: { outcome: "missed" },
        window: "10m",
        by: ["gate"],
        is: ">",
        value: 0,
      },
      direct: true,
      runbook: {
        meaning:
          "A vote at the gate ended without a decision: reviewers did not answer in time, or were split.",
        impact:
          "The task stands at the gate and holds its place. If reviewers are missing, every task will stop there.",
        diagnosis: [
          {
            do: "See how often each gate reached its quorum in the last hour.",
            query:
              'sum by (gate) (increase(weathervane_gate_consensus_total{outcome="reached"}[1h])) / (sum by (gate) (increase(weathervane_gate_consensus_total[1h])) > 0)',
            good: "above 0.95 everywhere: a single case",
            bad: "one gate is low: its reviewers. All are low: the model provider",
          },
          {
            do: "Read the votes that were cast.",
            command: logs(
              "autopilot",
              'select(.event == "gate-decision" and .outcome == "no-quorum") | {task_id, gate, votes_for, votes_against, votes_needed}',
            ),
            good: "all voted, split: a matter of judgement",
            bad: "votes are missing: reviewers do not answer",
          },
          {
            do: "See whether the model providers answer the reviewers.",
            query:
              'sum by (gen_ai_provider_name, error_type) (rate(gen_ai_client_operation_duration_seconds_count{error_type!=""}[5m]))',
            good: "nothing, or near 0",
            bad: "timeout or 429: the provider is slow or limits us",
          },
          breakers,
        ],
        mitigation: [
          {
            do: "Repeat the vote.",
            command: autopilotctl("gates revote TASK"),
            good: "prints approved or rejected",
          },
          {
            do: "If a provider does not answer, send all calls to the other one.",
            command: autopilotctl("providers use openai"),
          },
          { do: "Split votes: a person decides at the task's page of the dashboard." },
        ],
        rollback: [
          {
            do: "Go back to the usual provider once it answers.",
            command: autopilotctl("providers use anthropic"),
          },
        ],
      },
    },
    "gate-rejections-high": {
      meets: ["WV-7"],
      summary: "Gate {{ $labels.gate }} rejects more than 30 % over 1 h",
      description: "In the last hour gate {{ $labels.gate }} rejected more than 30 % of what came to it.",
      severity: "warning",
      service: "autopilot",
      when: {
        kind: "event-ratio",
        part: { metric: "weathervane_gate_decisions_total", where: { outcome: "rejected" } },
        whole: { metric: "weathervane_gate_decisions_total" },
        window: "1h",
        by: ["gate"],
        is: ">",
        value: "30%",
        // The gate's own breaker also judges over 10 tasks (WV-11).
        minimumEvents: 10,
      },
      runbook: {
        meaning: "The gate turns back far more work than usual. Above 50 % over 10 tasks its breaker opens.",
        impact: "Tasks go back to an earlier stage: they take longer and use more tokens.",
        diagnosis: [
          {
            do: "See the reasons.",
            query: "topk(5, sum by (gate, reason) (increase(weathervane_gate_rejections_total[1h])))",
            good: "spread over many reasons",
            bad: "one reason: tests-failed points to the test runner, adversarial-catch to one task or prompt",
          },
          {
            do: "See whether the rubric's scores fell or the gate became stricter.",
            query:
              "sum by (gate, criterion) (rate(weathervane_rubric_score_ratio_sum[1h])) / (sum by (gate, criterion) (rate(weathervane_rubric_score_ratio_count[1h])) > 0)",
            good: "as last week: the threshold was changed",
            bad: "one criterion fell: the work became worse there",
          },
          {
            do: "Read a few of the rejections.",
            command: logs(
              "autopilot",
              'select(.event == "gate-decision" and .outcome == "rejected") | {task_id, gate, reason, rubric_score}',
            ),
            bad: "they share a repository, a model or a kind of task",
          },
          releasesOf("autopilot"),
        ],
        mitigation: [
          { do: "If one repository or source is behind it, hold its tasks back and tell its owner." },
          { ...pauseStarts, do: "If the rejections are wrong, pause new starts before the breaker opens." },
        ],
        rollback: [rollBack("autopilot"), resumeStarts],
      },
    },
  },
);
