import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import {
  hivectl,
  jobsSaid,
  pauseSession,
  podsOf,
  resumeSession,
  runJob,
  sessions,
  slowQueries,
} from "../runbook-steps.ts";
import { services } from "../services.ts";

/** Alerts of what a rollback goes back to: checkpoints and backups (AH-3). */
export const checkpointAlerts = defineAlerts(
  { services, metrics },
  {
    "checkpoint-overdue": {
      meets: ["AH-3"],
      summary: "Session {{ $labels.session }} has no checkpoint of the last 15 minutes",
      description:
        "The newest checkpoint of session {{ $labels.session }} is older than 15 minutes; one is due every five.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_checkpoint_age_seconds",
        aggregate: "max",
        by: ["session"],
        is: ">",
        value: 900,
      },
      runbook: {
        meaning: "Three checkpoints in a row were not taken, or could not be read back.",
        impact: "A rollback or a failure now loses more than 15 minutes of work.",
        diagnosis: [
          sessions,
          {
            do: "See whether it is one session or all.",
            query: "sum by (outcome) (increase(agenthive_checkpoints_total[15m]))",
            good: "many successes: it is this session",
            bad: "failures only: the volume or the database",
          },
          slowQueries,
        ],
        mitigation: [
          {
            do: "Take one now.",
            command: hivectl("checkpoints take --session SESSION"),
            good: "prints an id and verified",
          },
          pauseSession,
        ],
        rollback: [resumeSession],
      },
    },
    "backup-overdue": {
      meets: ["AH-3"],
      summary: "No backup of the database for more than 2 hours",
      description: "A backup is due every hour; the newest one is older than two.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_backup_age_seconds",
        where: { state: "taken" },
        aggregate: "max",
        is: ">",
        value: 7200,
      },
      cause: "backup",
      runbook: {
        meaning: "The hourly pg_dump failed, or did not run.",
        impact:
          "If the database is lost now, more than two hours of sessions, tasks and audit trail are lost with it.",
        diagnosis: [
          {
            do: "Read what the last one said.",
            command: jobsSaid("backup"),
            bad: "failure: its reason is what to mend. Nothing: no backup was begun",
          },
          {
            do: "See how much room there is.",
            query:
              'sum by (system_filesystem_mountpoint) (system_filesystem_usage_bytes{system_filesystem_state="free"})',
            good: "more free in /checkpoints than the last backup took",
            bad: "less free in /checkpoints than the last backup took",
          },
          podsOf("postgres"),
        ],
        mitigation: [
          {
            do: "Take one now.",
            command: runJob("postgres-backup"),
            good: "condition met, within minutes",
          },
        ],
      },
    },
    "restore-test-overdue": {
      meets: ["AH-3"],
      summary: "No backup was restored as a test for more than 2 days",
      description:
        "Each night the newest backup is restored into an empty database and compared; the last time is more than two days ago.",
      severity: "warning",
      service: "session-manager",
      when: {
        kind: "threshold",
        metric: "agenthive_backup_age_seconds",
        where: { state: "restored" },
        aggregate: "max",
        is: ">",
        value: 172_800,
      },
      cause: "backup",
      runbook: {
        meaning: "Backups are taken, and nobody knows whether they can be restored.",
        impact: "None today. On the day the database is lost, perhaps everything.",
        diagnosis: [
          {
            do: "Read how the last test ended.",
            command: jobsSaid("restore-test"),
            bad: "failure: the backup cannot be restored. Nothing: no test was begun",
          },
        ],
        mitigation: [
          {
            do: "Run the test now.",
            command: runJob("postgres-restore-test"),
            good: "condition met, within minutes",
          },
        ],
      },
    },
  },
);
