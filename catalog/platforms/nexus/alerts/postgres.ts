import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { enlarge, lastWords, nexusctl, podsOf, restart, rollBack, sql } from "../runbook-steps.ts";
import { services } from "../services.ts";

const postgresItself = {
  do: "Ask PostgreSQL itself.",
  command: "kubectl -n $NAMESPACE exec deployment/postgres -- pg_isready -U nexus -d nexus",
  good: "accepting connections",
  bad: "rejecting connections: it starts or recovers, wait. no response: it is down",
};

const connectionsByUser = {
  do: "See who holds the connections.",
  command: sql(
    "SELECT application_name, state, count(*), max(now() - state_change) AS longest FROM pg_stat_activity WHERE datname = 'nexus' GROUP BY 1, 2 ORDER BY 3 DESC",
  ),
  good: "mostly idle, spread over the three services",
  bad: "idle in transaction for minutes: a service forgets to end its transactions",
};

/** Alerts of PostgreSQL. */
export const postgresAlerts = defineAlerts(
  { services, metrics },
  {
    "postgres-down": {
      meets: ["NX-1"],
      summary: "PostgreSQL does not answer",
      description:
        "PostgreSQL does not answer its exporter: no experience, no decision and no audit record can be written.",
      severity: "critical",
      service: "postgres",
      when: { kind: "threshold", metric: "pg_up", aggregate: "max", is: "<", value: 1 },
      for: "15s",
      because: "asked every 5 s: three refusals in a row are no lost packet",
      direct: true,
      runbook: {
        meaning: "PostgreSQL is down, recovers, or refuses connections.",
        impact:
          "Every action that must be audited is refused: agents cannot register and nothing is optimised. Tasks that run go on.",
        diagnosis: [
          podsOf("postgres"),
          postgresItself,
          lastWords("postgres"),
          {
            do: "See whether its volume is full.",
            command: "kubectl -n $NAMESPACE exec deployment/postgres -- df -h /var/lib/postgresql/data",
            good: "below 90 %",
            bad: "100 %: it cannot start until there is room",
          },
        ],
        mitigation: [
          restart("postgres"),
          enlarge("postgres-data"),
          {
            do: "If its data is damaged, restore the last backup; at most a day of experiences and audit records is lost.",
            command: nexusctl("housekeeper", "restore database --latest --into postgres"),
            good: "prints restored and the number of records",
          },
        ],
        rollback: [rollBack("postgres")],
        escalation: "Before a restore, tell the platform lead: it cannot be taken back.",
      },
    },
    "postgres-connections-high": {
      summary: "More than 80 % of PostgreSQL's connections are taken",
      description: "At 100 % services get no new connection, and their requests fail.",
      severity: "warning",
      service: "postgres",
      when: {
        kind: "gauge-ratio",
        part: { metric: "pg_stat_activity_count" },
        whole: { metric: "pg_settings_max_connections" },
        is: ">",
        value: "80%",
      },
      for: "5m",
      because: "during a rollout old and new pods hold their pools side by side, which is over by then",
      runbook: {
        meaning: "Too many pods, pools that are too large, or transactions that are never ended.",
        impact: "None yet. When none is left, requests fail with 503.",
        diagnosis: [
          connectionsByUser,
          {
            do: "See whether requests wait for a connection.",
            query: "sum by (service) (db_client_connection_pending_requests)",
            good: "0",
            bad: "above 0: it is felt already",
          },
        ],
        mitigation: [
          {
            do: "End transactions that have been idle for more than ten minutes.",
            command: sql(
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND state_change < now() - interval '10 minutes'",
            ),
            good: "as many lines as it found",
          },
          { do: "If one service holds most, restart it by its own runbook." },
        ],
      },
    },
    "postgres-metrics-missing": {
      meets: ["NX-1"],
      summary: "Nobody knows how PostgreSQL is",
      description: "PostgreSQL's exporter does not answer: the alerts of the database are blind.",
      severity: "warning",
      service: "postgres-exporter",
      when: { kind: "target-down" },
      for: "5m",
      because:
        "a rollout exchanges the exporter's only pod, and the services notice by themselves if the database is gone",
      runbook: {
        meaning: "The exporter is down, not PostgreSQL.",
        impact: "None for users. A fault of the database would not be noticed here, only at its callers.",
        diagnosis: [podsOf("postgres-exporter"), lastWords("postgres-exporter"), postgresItself],
        mitigation: [restart("postgres-exporter")],
        rollback: [rollBack("postgres-exporter")],
      },
    },
  },
);
