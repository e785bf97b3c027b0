import { defineSlos } from "fairlead";
import { optimizer, serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  failingRoutes,
  ifReleased,
  lessPodsLater,
  loadOf,
  logs,
  morePods,
  nexusctl,
  pauseOptimizer,
  podsOf,
  releasesOf,
  restart,
  resumeOptimizer,
  rollBack,
  scalingOf,
  slowRoutes,
  storesAsSeenBy,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** What the optimizer promises (NX-2). */
export const optimizerSlos = defineSlos(
  { services, metrics },
  {
    "optimizer-availability": {
      meets: ["NX-2"],
      title: "Optimizer answers",
      description: "Of a thousand requests to the optimizer at most one is answered with a server error.",
      service: optimizer,
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrors },
        },
        total: { metric: "http_server_request_duration_seconds" },
      },
      minimumEvents: 1000,
      runbook: {
        meaning: "The optimizer answers too many requests with 500, 502, 503 or 504.",
        impact:
          "Samples are lost and nothing new is optimised. What was applied stays in force; tasks are not affected.",
        diagnosis: [
          failingRoutes(optimizer),
          podsOf(optimizer),
          storesAsSeenBy(optimizer),
          {
            do: "Read the errors.",
            command: logs(optimizer, 'select(.level == "error") | {time, message, trace_id}'),
            bad: "one message over and over: it names the part to look at",
          },
          releasesOf(optimizer),
        ],
        mitigation: [
          { ...restart(optimizer), do: "Restart the pods, one after the other, if they hang." },
          morePods(optimizer),
          ifReleased,
        ],
        rollback: [rollBack(optimizer), lessPodsLater],
      },
    },
    "optimizer-response": {
      meets: ["NX-2"],
      title: "Optimizer responds within 200 ms",
      description: "Of twenty requests to the optimizer at least nineteen are answered within 200 ms.",
      service: optimizer,
      objective: "95%",
      sli: { kind: "latency", metric: "http_server_request_duration_seconds", threshold: "200ms" },
      minimumEvents: 1000,
      runbook: {
        meaning: "Too many requests to the optimizer take longer than 200 ms.",
        impact: "Samples pile up with their senders, and decisions rest on an old state.",
        diagnosis: [
          slowRoutes(optimizer, 0.2),
          loadOf(optimizer, 800),
          scalingOf(optimizer),
          storesAsSeenBy(optimizer),
          releasesOf(optimizer),
        ],
        mitigation: [morePods(optimizer), ifReleased],
        rollback: [rollBack(optimizer), lessPodsLater],
      },
    },
    "decision-confidence": {
      meets: ["NX-2", "NX-10"],
      title: "Decisions are confident",
      description:
        "In nineteen minutes of twenty, the decisions of the last hour have a mean confidence of 80 % or more.",
      service: optimizer,
      objective: "95%",
      sli: {
        kind: "gauge",
        metric: "nexus_decision_confidence_mean_ratio",
        // Every replica reports the platform's mean; one that lags behind must not hide a fall.
        aggregate: "min",
        is: ">=",
        value: 0.8,
      },
      runbook: {
        meaning:
          "The mean confidence of decisions is below 80 %: many of them are only recommended, or dropped.",
        impact: "The optimizer does less by itself, and people get more recommendations to judge.",
        diagnosis: [
          {
            do: "See the mean confidence, and since when it is lower.",
            query: "min(nexus_decision_confidence_mean_ratio)",
            good: "above 0.8: it is over",
            bad: "a sudden fall: a release or a new model. A slow one: the world has changed",
          },
          {
            do: "See which optimisations lack confidence.",
            query:
              'sum by (optimization) (rate(nexus_decisions_total{confidence="insufficient"}[6h])) / (sum by (optimization) (rate(nexus_decisions_total[6h])) > 0)',
            good: "all below 0.2: it is over",
            bad: "one type: too few samples of it. All types: predictions are wrong, or samples are missing",
          },
          {
            do: "See whether predictions are right; decisions rest on them.",
            query:
              'sum(rate(nexus_predictions_total{outcome="right"}[6h])) / (sum(rate(nexus_predictions_total[6h])) > 0)',
            good: "above 0.8",
            bad: "below 0.8: follow the runbook of learning accuracy first",
          },
          {
            do: "See whether samples are dropped.",
            query: 'sum(rate(nexus_metric_samples_total{outcome="dropped"}[5m]))',
            good: "0",
            bad: "above 0: decisions do not see everything",
          },
          releasesOf(optimizer),
        ],
        mitigation: [
          pauseOptimizer,
          {
            do: "Look at what it would have done, and apply by hand what is clearly right.",
            command: nexusctl(optimizer, "recommendations list --since 6h"),
          },
          ifReleased,
        ],
        rollback: [rollBack(optimizer), resumeOptimizer],
      },
    },
    "performance-improvement": {
      meets: ["NX-2", "NX-10"],
      title: "Optimisations gain 25 %",
      description:
        "In nineteen minutes of twenty, the optimisations in force make Nexus at least 25 % faster than the baseline without them.",
      service: optimizer,
      objective: "95%",
      sli: {
        kind: "gauge",
        metric: "nexus_performance_improvement_ratio",
        aggregate: "min",
        is: ">=",
        value: 0.25,
      },
      runbook: {
        meaning: "What the optimizer has applied no longer gains a quarter against the baseline.",
        impact: "Nexus is slower or dearer than it could be. Nothing fails.",
        diagnosis: [
          {
            do: "See how large the gain is, and since when it is smaller.",
            query: "min(nexus_performance_improvement_ratio)",
            good: "above 0.25: it is over",
            bad: "a sudden fall: one change did it. A slow one: the load has changed",
          },
          {
            do: "See which optimisations were taken back.",
            query: 'sum by (optimization) (increase(nexus_optimizations_total{outcome="rolled-back"}[1d]))',
            good: "one or two: single cases",
            bad: "one type stands out: it does harm again and again",
          },
          {
            do: "See what is in force, and what each brings.",
            command: nexusctl(optimizer, "optimizations list --in-force --with-gain"),
            good: "most have a gain above 0",
            bad: "some have a negative gain",
          },
          releasesOf(optimizer),
        ],
        mitigation: [
          {
            do: "Take back what has a negative gain.",
            command: nexusctl(optimizer, "optimizations rollback --gain-below 0"),
            good: "the gain rises within an hour",
          },
          {
            do: "If the load itself has changed, measure the baseline anew.",
            command: nexusctl(optimizer, "baseline measure"),
            good: "prints the new baseline within ten minutes",
          },
          ifReleased,
        ],
        rollback: [rollBack(optimizer), resumeOptimizer],
      },
    },
  },
);
