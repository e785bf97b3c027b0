import { defineSlos } from "fairlead";
import { learning, serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  failingRoutes,
  ifReleased,
  lessPodsLater,
  loadOf,
  logs,
  morePods,
  nexusctl,
  podsOf,
  releasesOf,
  restart,
  rollBack,
  scalingOf,
  slowRoutes,
  storesAsSeenBy,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** What the learning engine promises (NX-2). */
export const learningSlos = defineSlos(
  { services, metrics },
  {
    "learning-availability": {
      meets: ["NX-2"],
      title: "Learning engine answers",
      description:
        "Of a thousand requests to the learning engine at most one is answered with a server error.",
      service: learning,
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
        meaning: "The learning engine answers too many requests with 500, 502, 503 or 504.",
        impact:
          "Predictions are missing: the coordinator matches by capabilities alone, the optimizer only recommends. Experiences wait with their senders.",
        diagnosis: [
          failingRoutes(learning),
          podsOf(learning),
          storesAsSeenBy(learning),
          {
            do: "Read the errors.",
            command: logs(learning, 'select(.level == "error") | {time, message, trace_id}'),
            bad: "one message over and over: it names the part to look at",
          },
          releasesOf(learning),
        ],
        mitigation: [
          { ...restart(learning), do: "Restart the pods, one after the other, if they hang." },
          morePods(learning),
          ifReleased,
        ],
        rollback: [rollBack(learning), lessPodsLater],
      },
    },
    "learning-response": {
      meets: ["NX-2"],
      title: "Learning engine responds within 500 ms",
      description: "Of twenty requests to the learning engine at least nineteen are answered within 500 ms.",
      service: learning,
      objective: "95%",
      sli: { kind: "latency", metric: "http_server_request_duration_seconds", threshold: "500ms" },
      minimumEvents: 1000,
      runbook: {
        meaning: "Too many requests to the learning engine take longer than 500 ms.",
        impact: "Tasks are matched late, or without a prediction once the coordinator stops waiting.",
        diagnosis: [
          slowRoutes(learning, 0.5),
          loadOf(learning, 500),
          scalingOf(learning),
          storesAsSeenBy(learning),
          {
            do: "See whether a training takes the processor away from answers.",
            query: 'sum by (pod) (rate(process_cpu_seconds_total{service="adaptive-learning-engine"}[5m]))',
            good: "below 0.5 for each pod",
            bad: "one pod far above the others: it trains",
          },
          releasesOf(learning),
        ],
        mitigation: [
          {
            do: "If a training is in the way, put it off until the night.",
            command: nexusctl(learning, "training postpone --until 03:00"),
            good: "prints postponed",
          },
          morePods(learning),
          ifReleased,
        ],
        rollback: [rollBack(learning), lessPodsLater],
      },
    },
    "learning-accuracy": {
      meets: ["NX-2", "NX-10"],
      title: "Predictions are right",
      description: "Of five predictions whose truth is known, at least four were right.",
      service: learning,
      objective: "80%",
      // Each prediction counts once, when its truth is known: that is the accuracy itself, weighed by events and not by minutes.
      sli: {
        kind: "good-events",
        good: { metric: "nexus_predictions_total", where: { outcome: "right" } },
        total: { metric: "nexus_predictions_total" },
      },
      noTraffic: "unknown",
      minimumEvents: 200,
      runbook: {
        meaning: "Too many predictions turned out wrong: the model no longer fits what happens.",
        impact:
          "Tasks go to agents that are not the best for them, and the optimizer decides on wrong grounds. Nothing fails at once.",
        diagnosis: [
          {
            do: "See which kind of prediction is wrong.",
            query:
              'sum by (prediction) (rate(nexus_predictions_total{outcome="right"}[6h])) / (sum by (prediction) (rate(nexus_predictions_total[6h])) > 0)',
            good: "all above 0.8: it is over",
            bad: "one kind is low: its features. All are low: the world or the model changed",
          },
          {
            do: "See how old the model is.",
            query: "(time() - max(nexus_model_trained_timestamp_seconds)) / 3600",
            good: "below 24",
            bad: "above 48: trainings fail or bring nothing better",
          },
          {
            do: "See how the last trainings ended.",
            query: "sum by (outcome) (increase(nexus_training_duration_seconds_count[1d]))",
            good: "promoted at least once",
            bad: "failed: read the log. Only not-better: the experiences no longer tell enough",
          },
          {
            do: "See whether agents or tasks are of another kind than before.",
            command: nexusctl(learning, "model drift --last 1d"),
            good: "drift below 0.2",
            bad: "a feature above 0.2: something new, such as a new type of task",
          },
          releasesOf(learning),
        ],
        mitigation: [
          {
            do: "If the last model is worse than the one before, go back to that.",
            command: nexusctl(learning, "model use --previous"),
            good: "prints the model's number, one lower than before",
          },
          {
            do: "If the world has changed, train on the last week only.",
            command: nexusctl(learning, "training start --since 7d"),
            good: "prints promoted within half an hour",
          },
        ],
        rollback: [
          {
            do: "Go back to the newest model once it is better.",
            command: nexusctl(learning, "model use --latest"),
          },
          rollBack(learning),
        ],
      },
    },
  },
);
