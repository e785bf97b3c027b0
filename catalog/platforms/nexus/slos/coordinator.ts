import { defineSlos } from "fairlead";
import { coordinator, serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import {
  failingRoutes,
  ifReleased,
  lessPodsLater,
  loadOf,
  logs,
  morePods,
  podsOf,
  releasesOf,
  restart,
  rollBack,
  scalingOf,
  slowRoutes,
  storesAsSeenBy,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** What the coordinator promises to those who call it (NX-2). */
export const coordinatorSlos = defineSlos(
  { services, metrics },
  {
    "coordinator-availability": {
      meets: ["NX-2"],
      title: "Coordinator answers",
      description: "Of a thousand requests to the coordinator at most one is answered with a server error.",
      service: coordinator,
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
        meaning: "The coordinator answers too many requests with 500, 502, 503 or 504.",
        impact:
          "Tasks are not taken, and agents drop out because their heartbeats fail. Queued tasks are kept in Redis.",
        diagnosis: [
          failingRoutes(coordinator),
          podsOf(coordinator),
          storesAsSeenBy(coordinator),
          {
            do: "Read the errors.",
            command: logs(coordinator, 'select(.level == "error") | {time, message, trace_id}'),
            good: "different ones, seldom",
            bad: "one message over and over: it names the part to look at",
          },
          releasesOf(coordinator),
        ],
        mitigation: [
          { ...restart(coordinator), do: "Restart the pods, one after the other, if they hang." },
          morePods(coordinator),
          ifReleased,
        ],
        rollback: [rollBack(coordinator), lessPodsLater],
      },
    },
    "coordinator-response": {
      meets: ["NX-2"],
      title: "Coordinator responds within 100 ms",
      description: "Of twenty requests to the coordinator at least nineteen are answered within 100 ms.",
      service: coordinator,
      objective: "95%",
      sli: { kind: "latency", metric: "http_server_request_duration_seconds", threshold: "100ms" },
      minimumEvents: 1000,
      runbook: {
        meaning: "Too many requests to the coordinator take longer than 100 ms.",
        impact: "Agents wait for work, and end-to-end answers come late.",
        diagnosis: [
          slowRoutes(coordinator, 0.1),
          loadOf(coordinator, 1000),
          scalingOf(coordinator),
          storesAsSeenBy(coordinator),
          releasesOf(coordinator),
        ],
        mitigation: [morePods(coordinator), ifReleased],
        rollback: [rollBack(coordinator), lessPodsLater],
      },
    },
  },
);
