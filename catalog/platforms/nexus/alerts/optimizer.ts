import { defineAlerts } from "fairlead";
import { optimizer } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  ifReleased,
  lastWords,
  lessPodsLater,
  logs,
  morePods,
  nexusctl,
  pauseOptimizer,
  podsOf,
  releasesOf,
  restart,
  resumeOptimizer,
  rollBack,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

const senders = {
  do: "See who sends the most samples.",
  command: nexusctl(optimizer, "samples senders --top 5"),
  good: "spread over many",
  bad: "one sender has most: it sends too often or with too many labels",
};
const sparser = {
  do: "Let the largest sender send every 30 seconds only.",
  command: nexusctl(optimizer, "samples interval --sender SENDER --seconds 30"),
  good: "the rate falls within a minute",
};
const denser = {
  do: "Give the sender its usual interval back.",
  command: nexusctl(optimizer, "samples interval --sender SENDER --default"),
};

/** Alerts of the optimizer. */
export const optimizerAlerts = defineAlerts(
  { services, metrics },
  {
    "optimizer-down": {
      meets: ["NX-1"],
      summary: "No optimizer answers",
      description:
        "Prometheus reaches no replica of the optimizer: nothing is optimised, and samples are lost.",
      severity: "critical",
      service: optimizer,
      when: { kind: "target-down" },
      direct: true,
      runbook: {
        meaning: "Every replica of the optimizer is gone or does not answer on its metrics port.",
        impact:
          "What was applied stays in force, but nobody takes back what does harm. Wear and shortage are not foreseen.",
        diagnosis: [podsOf(optimizer), lastWords(optimizer), releasesOf(optimizer)],
        mitigation: [restart(optimizer), ifReleased],
        rollback: [rollBack(optimizer)],
      },
    },
    "samples-near-limit": {
      meets: ["NX-4"],
      summary: "More than 90,000 metric samples a second",
      description:
        "For 5 minutes more than 90,000 samples a second came in; the optimizer is made for 100,000.",
      severity: "warning",
      service: optimizer,
      when: {
        kind: "increase",
        metric: "nexus_metric_samples_total",
        window: "5m",
        is: ">",
        // 90,000 a second for 300 seconds.
        value: 27_000_000,
      },
      cause: "samples",
      runbook: {
        meaning: "Nearly as many samples arrive as the optimizer can take in.",
        impact: "None yet. Above 100,000 a second samples are dropped, and decisions do not see everything.",
        diagnosis: [
          {
            do: "See the rate, and whether some are dropped already.",
            query: "sum by (outcome) (rate(nexus_metric_samples_total[5m]))",
            good: "dropped is 0",
            bad: "dropped above 0",
          },
          senders,
        ],
        mitigation: [sparser, morePods(optimizer)],
        rollback: [denser, lessPodsLater],
      },
    },
    "samples-dropped": {
      meets: ["NX-4"],
      summary: "More than 1 % of the metric samples are dropped",
      description: "In the last 10 minutes the optimizer dropped more than 1 % of the samples that came.",
      severity: "warning",
      service: optimizer,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_metric_samples_total", where: { outcome: "dropped" } },
        whole: { metric: "nexus_metric_samples_total" },
        window: "10m",
        is: ">",
        value: "1%",
        minimumEvents: 10_000,
      },
      runbook: {
        meaning: "More samples come than can be stored: too many, or PostgreSQL is slow.",
        impact: "Decisions rest on part of the picture, and their confidence falls.",
        diagnosis: [
          {
            do: "See how many come.",
            query: "sum(rate(nexus_metric_samples_total[5m]))",
            good: "below 90000: the load is not the cause",
            bad: "above 100000: more than the optimizer is made for",
          },
          {
            do: "See whether PostgreSQL is slow for it.",
            query:
              'histogram_quantile(0.95, sum by (le) (rate(db_client_operation_duration_seconds_bucket{service="production-optimizer",db_system_name="postgresql"}[5m])))',
            good: "below 0.05",
            bad: "above 0.1: look at PostgreSQL",
          },
          senders,
        ],
        mitigation: [sparser, morePods(optimizer)],
        rollback: [denser, lessPodsLater],
      },
    },
    "optimizations-taken-back": {
      meets: ["NX-10"],
      summary: "More than 20 % of the {{ $labels.optimization }} optimisations were taken back",
      description:
        "In the last 6 hours more than 20 % of the optimisations of type {{ $labels.optimization }} did harm and were taken back, or failed to apply.",
      severity: "warning",
      service: optimizer,
      when: {
        kind: "event-ratio",
        part: { metric: "nexus_optimizations_total", where: { outcome: ["rolled-back", "failed"] } },
        whole: { metric: "nexus_optimizations_total" },
        window: "6h",
        by: ["optimization"],
        is: ">",
        value: "20%",
        minimumEvents: 10,
      },
      runbook: {
        meaning: "The optimizer is often wrong about this type of optimisation.",
        impact: "Each one that is taken back made Nexus worse for up to an hour.",
        diagnosis: [
          {
            do: "Read what was taken back, and why.",
            command: logs(
              optimizer,
              'select(.event == "optimization-measured" and .outcome != "kept") | {time, optimization, target, gain, reason}',
              "6h",
            ),
            good: "different targets: single cases",
            bad: "one target: leave it alone",
          },
          {
            do: "See how confident it was.",
            query:
              "histogram_quantile(0.5, sum by (optimization, le) (rate(nexus_decision_confidence_ratio_bucket[6h])))",
            good: "about 0.8: it doubted",
            bad: "above 0.95: it is confident and wrong; its predictions are to blame",
          },
          {
            do: "See whether predictions are right.",
            query:
              'sum(rate(nexus_predictions_total{outcome="right"}[6h])) / (sum(rate(nexus_predictions_total[6h])) > 0)',
            good: "above 0.8",
            bad: "below 0.8: follow the runbook of learning accuracy",
          },
          releasesOf(optimizer),
        ],
        mitigation: [
          {
            do: "Switch this type off.",
            command: nexusctl(optimizer, "optimizations disable TYPE"),
            good: "prints disabled",
          },
          { ...pauseOptimizer, do: "If several types do harm, let it recommend only, and change nothing." },
          ifReleased,
        ],
        rollback: [
          { do: "Switch the type on again.", command: nexusctl(optimizer, "optimizations enable TYPE") },
          resumeOptimizer,
          rollBack(optimizer),
        ],
      },
    },
    "reliability-enhancement-failed": {
      meets: ["NX-10"],
      summary: "Applying {{ $labels.enhancement }} failed",
      description:
        "The optimizer wanted to make Nexus more reliable by {{ $labels.enhancement }}, and applying it failed.",
      severity: "warning",
      service: optimizer,
      when: {
        kind: "increase",
        metric: "nexus_reliability_enhancements_total",
        where: { outcome: "failed" },
        window: "30m",
        by: ["enhancement"],
        is: ">",
        value: 0,
      },
      runbook: {
        meaning: "A weakness is known, and the means against it could not be put in place.",
        impact: "None yet: the weakness is as it was before.",
        diagnosis: [
          {
            do: "Read what failed, and where.",
            command: logs(
              optimizer,
              'select(.event == "reliability-enhancement" and .outcome == "failed") | {time, enhancement, target, reason}',
            ),
            good: "timeout: it will try again",
            bad: "refused: the target does not allow it; its owner must",
          },
          {
            do: "See how the others go.",
            query: "sum by (enhancement, outcome) (increase(nexus_reliability_enhancements_total[1d]))",
            good: "only this one failed",
            bad: "all fail: the optimizer does not reach the coordinator, or lacks the role",
          },
        ],
        mitigation: [
          {
            do: "Try it again by hand.",
            command: nexusctl(optimizer, "enhancements apply ENHANCEMENT --target TARGET"),
            good: "prints applied",
          },
        ],
        rollback: [
          {
            do: "Take it away again if it disturbs.",
            command: nexusctl(optimizer, "enhancements remove ENHANCEMENT --target TARGET"),
          },
        ],
      },
    },
  },
);
