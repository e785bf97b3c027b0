import { defineAlerts } from "fairlead";
import { base } from "./base.ts";
import { metrics } from "./metrics.ts";
import { services } from "./services.ts";
import { overdue, runNow, said } from "./upkeep.ts";

export const alerts = defineAlerts(
  { services, metrics: { ...metrics, ...base.metrics } },
  {
    // 100 workflows are ten minutes of work for one pod at ten at a time; a burst that drains within ten minutes harms nobody.
    "queue-long": {
      meets: ["PM-4"],
      summary: "More than 100 workflows wait",
      description: "More than 100 workflows have waited in the queue for ten minutes.",
      severity: "warning",
      service: "worker",
      when: {
        kind: "threshold",
        metric: "production_queue_workflows",
        aggregate: "max",
        is: ">",
        value: 100,
      },
      for: "10m",
      because: "a schedule queues many workflows in one minute, and workers empty that within ten",
      cause: "business",
      runbook: {
        meaning: "More workflows are asked for than workers end.",
        impact: "New workflows start late. None is lost: the queue is kept in Redis.",
        diagnosis: [
          {
            do: "See whether more is asked for, or less done.",
            query: "sum by (outcome) (increase(business_events_total[15m]))",
            good: "as many as usual: it is load",
            bad: "fewer than usual, or failures: workers are slow or fail",
          },
          {
            do: "See whether workers wait for models.",
            query:
              "histogram_quantile(0.95, sum by (server_address, le) (rate(http_client_request_duration_seconds_bucket[5m])))",
            good: "as usual",
            bad: "several times as long: the provider is slow",
          },
          {
            do: "See whether there are as many workers as there may be.",
            command: "kubectl -n $NAMESPACE get hpa worker",
            good: "fewer replicas than the maximum",
            bad: "replicas at the maximum",
          },
        ],
        mitigation: [
          {
            do: "Allow more workers until the queue is short.",
            command: `kubectl -n $NAMESPACE patch hpa worker --patch '{"spec":{"minReplicas":6,"maxReplicas":12}}'`,
            good: "new pods are ready within a minute, and the queue gets shorter",
          },
        ],
        rollback: [
          {
            do: "The next deploy sets the catalog's numbers again; tell the team, so that they are raised there too.",
          },
        ],
      },
    },
    "backup-overdue": {
      meets: ["PM-13"],
      summary: "The last copy of the database is older than 26 hours",
      description:
        "The database is copied every night at 2; the last copy that could be read whole is older than 26 hours, or there is none.",
      severity: "critical",
      service: "upkeep-metrics",
      when: overdue("backup", 26),
      cause: "backup",
      runbook: {
        meaning: "Last night's copy failed or was not made.",
        impact: "Were PostgreSQL's volume lost now, more than a day of workflows and results would be lost.",
        diagnosis: [said("backup")],
        mitigation: [runNow("postgresql-backup")],
        rollback: [{ do: "Nothing to take back: a copy changes nothing." }],
      },
    },
    "restore-test-overdue": {
      meets: ["PM-13"],
      summary: "No copy of the database has been restored for 8 days",
      description:
        "Every Sunday the newest copy is restored into a PostgreSQL of its own and compared; the last success is older than 8 days, or there is none.",
      severity: "warning",
      service: "upkeep-metrics",
      when: overdue("restore-test", 192),
      cause: "backup",
      runbook: {
        meaning: "Copies are made, and nobody knows whether they can be restored.",
        impact: "None today. On the day the database is lost, perhaps everything.",
        diagnosis: [said("restore-test")],
        mitigation: [runNow("postgresql-restore-test")],
      },
    },
    "vacuum-overdue": {
      meets: ["PM-13"],
      summary: "PostgreSQL has not been vacuumed for 8 days",
      description:
        "The database is vacuumed and analysed every Saturday; the last success is older than 8 days, or there is none.",
      severity: "warning",
      service: "upkeep-metrics",
      when: overdue("vacuum", 192),
      cause: "vacuum",
      runbook: {
        meaning:
          "The weekly vacuum failed or did not run. PostgreSQL's own goes on, but leaves large tables behind.",
        impact: "Queries slowly become slower, and the volume fills.",
        diagnosis: [said("vacuum")],
        mitigation: [runNow("postgresql-vacuum")],
      },
    },
  },
);
