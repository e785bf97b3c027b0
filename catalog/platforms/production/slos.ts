import { defineSlos } from "fairlead";
import { base } from "./base.ts";
import { services } from "./services.ts";

/** What the platform is for, beside what the base promises of its API. */
export const slos = defineSlos(
  { services, metrics: base.metrics },
  {
    "workflows-succeed": {
      meets: ["PM-3", "PM-4"],
      title: "Workflows succeed",
      description: "Of a hundred workflows that nobody cancelled at least ninety-nine end with a result.",
      service: "worker",
      objective: "99%",
      budgetForecast: { within: "3d", basedOn: "1d" },
      sli: {
        kind: "good-events",
        good: { metric: "business_events_total", where: { outcome: "success" } },
        total: { metric: "business_events_total", where: { outcome: { not: "cancelled" } } },
      },
      minimumEvents: 50,
      runbook: {
        meaning: "Too many workflows end without a result.",
        impact: "People do not get what they asked for; a workflow that failed must be started again.",
        diagnosis: [
          {
            do: "See which technical alert fires; it is likely the cause.",
            query: 'sum by (alertname, service) (ALERTS{alertstate="firing"})',
            good: "only this one: read on",
            bad: "WorkerDbFailing, WorkerCallsFailing or WorkerUnreachable: follow that runbook",
          },
          {
            do: "See whether models answer.",
            query:
              "sum by (server_address, error_type) (rate(http_client_request_duration_seconds_count[5m]))",
            good: "error_type empty for nearly all",
            bad: "timeout, connection, 500 and above: the provider",
          },
          {
            do: "Read why the last ones failed.",
            command:
              'kubectl -n $NAMESPACE logs -l app.kubernetes.io/name=worker --since=1h --tail=-1 | jq -cR \'fromjson? | select(.event == "workflow-ended" and .outcome == "failure") | {workflow_id, reason}\' | tail -20',
            good: "reasons that differ: single workflows",
            bad: "one reason: that is the cause",
          },
        ],
        mitigation: [
          {
            do: "If it began with a release, go back to the one before. Then set the old image in the catalog and deploy, or the next deploy brings the new one back.",
            command:
              "kubectl -n $NAMESPACE rollout undo deployment/worker && kubectl -n $NAMESPACE rollout status deployment/worker --timeout=5m",
            good: "successfully rolled out, and new workflows succeed",
          },
          {
            do: "If a model provider is down, see that the worker uses the other one, and wait: what is queued is kept.",
          },
        ],
        rollback: [
          {
            do: "If the older release is no better, go forward again: a second undo swaps the two.",
            command: "kubectl -n $NAMESPACE rollout undo deployment/worker",
            good: "successfully rolled out",
          },
        ],
      },
    },
  },
);
