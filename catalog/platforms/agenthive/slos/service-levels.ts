import { defineSlos } from "fairlead";
import { serverErrors } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { logs, podsOf, releasesOf, restart, rollBack, slowQueries } from "../runbook-steps.ts";
import { services } from "../services.ts";

const atItsLimit = {
  do: "See whether the pods are at their scaling limit.",
  command: "kubectl -n $NAMESPACE get hpa hive-api",
  good: "fewer replicas than the maximum",
  bad: "replicas at the maximum and CPU above its target",
};
const allowMore = {
  do: "If it is at its limit, allow more pods until the load falls.",
  command: `kubectl -n $NAMESPACE patch hpa hive-api --patch '{"spec":{"maxReplicas":8}}'`,
  good: "new pods are ready within a minute",
  bad: "Pending pods: the namespace's quota is used up",
};

export const serviceLevelSlos = defineSlos(
  { services, metrics },
  {
    "api-reliability": {
      meets: ["AH-11"],
      title: "Hive API answers",
      description: "Of a thousand requests to the Hive API at most one is answered with a server error.",
      service: "hive-api",
      objective: "99.9%",
      budgetForecast: { within: "3d", basedOn: "1d" },
      sli: {
        kind: "bad-events",
        bad: {
          metric: "http_server_request_duration_seconds",
          where: { http_response_status_code: serverErrors },
        },
        total: { metric: "http_server_request_duration_seconds" },
      },
      // One open dashboard makes 720 requests an hour: with 500, a single error in an idle hour pages nobody.
      minimumEvents: 500,
      runbook: {
        meaning: "The Hive API answers too many requests with 500, 502, 503 or 504.",
        impact: "People cannot see, start or stop sessions. Sessions that run are not affected.",
        diagnosis: [
          {
            do: "Find the routes and codes that fail.",
            query:
              'sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count{service="hive-api",http_response_status_code=~"5.."}[5m])) > 0',
            good: "nothing: it is over",
            bad: "all routes: a pod or the database. One route: its code, or the service behind it. 504: that service is slow",
          },
          podsOf("hive-api"),
          {
            do: "See whether the database answers.",
            query:
              'sum by (service, error_type) (rate(db_client_operation_duration_seconds_count{error_type!=""}[5m]))',
            good: "nothing, or 0",
            bad: "timeout or connection: follow DatabaseUnreachable",
          },
          {
            do: "Read the errors.",
            command: logs("hive-api", 'select(.level == "error") | {time, message, trace_id}'),
            bad: "the same message again and again: it names the part to look at",
          },
          releasesOf("hive-api"),
        ],
        mitigation: [
          restart("hive-api"),
          { do: "If the trouble began with a release, roll it back as shown below." },
        ],
        rollback: [rollBack("hive-api")],
      },
    },
    "api-latency": {
      meets: ["AH-11", "AH-12"],
      title: "Hive API answers within 100 ms",
      description: "Of twenty requests to the Hive API at least nineteen are answered within 100 ms.",
      service: "hive-api",
      // 95th percentile is our reading of "API < 100 ms under load".
      objective: "95%",
      sli: {
        kind: "latency",
        metric: "http_server_request_duration_seconds",
        // The event stream stays open by design, and a quick error is not a good answer: reliability counts those.
        where: { http_route: { not: "/api/stream" }, http_response_status_code: { not: serverErrors } },
        threshold: "100ms",
      },
      minimumEvents: 500,
      runbook: {
        meaning: "Too many requests to the Hive API take longer than 100 ms.",
        impact:
          "The dashboard feels slow, and an emergency stop takes longer to arrive. Sessions are not affected.",
        diagnosis: [
          {
            do: "Find the slow routes.",
            query:
              'histogram_quantile(0.95, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket{service="hive-api",http_route!="/api/stream"}[5m])))',
            good: "all below 0.1",
            bad: "one route: its query or the service behind it. All routes: load, memory or the database",
          },
          slowQueries,
          {
            do: "See whether there is more load than usual.",
            query:
              'sum by (http_route) (rate(http_server_request_duration_seconds_count{service="hive-api"}[5m]))',
            good: "about as much as at this hour of other days: not the load",
            bad: "several times the usual rate",
          },
          atItsLimit,
          releasesOf("hive-api"),
        ],
        mitigation: [allowMore, { do: "If the trouble began with a release, roll it back as shown below." }],
        rollback: [
          rollBack("hive-api"),
          {
            do: "A raised maximum goes back to the catalog's with the next deploy; tell the team, so that it is raised there.",
          },
        ],
      },
    },
    "database-queries": {
      meets: ["AH-11"],
      title: "Database queries take less than 50 ms",
      description: "Of twenty queries at least nineteen take less than 50 ms.",
      service: "session-manager",
      objective: "95%",
      sli: {
        kind: "latency",
        metric: "db_client_operation_duration_seconds",
        // Every service's queries count. One that failed is not a good one because it failed quickly: reliability counts those.
        where: {
          service: ["hive-api", "session-manager"],
          error_type: { not: ["timeout", "connection", "_OTHER"] },
        },
        threshold: "50ms",
      },
      minimumEvents: 1000,
      runbook: {
        meaning: "Too many queries take longer than 50 ms.",
        impact: "The API gets slow, and checkpoints take longer, so that a rollback may miss its 10 seconds.",
        diagnosis: [
          {
            do: "Find who waits, and for what.",
            query:
              "histogram_quantile(0.95, sum by (service, db_operation_name, le) (rate(db_client_operation_duration_seconds_bucket[5m])))",
            good: "all below 0.05: it is over",
            bad: "SELECT of one service: a query without an index. INSERT and UPDATE: the disk, or locks",
          },
          {
            do: "See what runs now, the longest first.",
            command: `kubectl -n $NAMESPACE exec deployment/postgres -- psql -U agenthive -c "select pid, now() - query_start as runs, wait_event_type, left(query, 80) as query from pg_stat_activity where state <> 'idle' order by runs desc limit 10"`,
            good: "nothing above a second",
            bad: "Lock under wait_event_type: one query holds up the others. IO: the disk",
          },
          {
            do: "See whether connections are used up.",
            query: "sum by (service, db_client_connection_state) (db_client_connection_count)",
            good: "some are idle",
            bad: "none is idle: requests wait for a connection, not for the database",
          },
          {
            do: "Read the queries above 50 ms; PostgreSQL logs each.",
            command: "kubectl -n $NAMESPACE logs deployment/postgres --since=15m | grep duration | tail -20",
            bad: "the same statement again and again: it lacks an index, or waits for a lock",
          },
          podsOf("postgres"),
        ],
        mitigation: [
          {
            do: "End a query that holds up the others; PID from above.",
            command: `kubectl -n $NAMESPACE exec deployment/postgres -- psql -U agenthive -c "select pg_cancel_backend(PID)"`,
            good: "prints t, and the others go on",
          },
          {
            do: "If one table's plan has gone bad, renew its statistics.",
            command: `kubectl -n $NAMESPACE exec deployment/postgres -- psql -U agenthive -c "analyze verbose"`,
          },
          { do: "If the trouble began with a release, roll that service back as shown below." },
        ],
        rollback: [rollBack("session-manager"), rollBack("hive-api")],
      },
    },
  },
);
