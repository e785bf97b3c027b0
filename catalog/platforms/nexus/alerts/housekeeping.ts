import { defineAlerts } from "fairlead";
import { chores } from "../label-values.ts";
import { metrics } from "../metrics/index.ts";
import { ifReleased, lastWords, logs, nexusctl, podsOf, restart, rollBack } from "../runbook-steps.ts";
import { services } from "../services.ts";

type Chore =
  | "database-backup"
  | "configuration-backup"
  | "restore-test"
  | "vacuum"
  | "log-rotation"
  | "retention";

/** A chore that has not succeeded for more than `hours`; the example waits in vain, then sees it done. */
function overdue(chore: Chore, hours: number) {
  const limit = hours * 3600;
  const name = `nexus_chore_last_success_timestamp_seconds`;
  return {
    kind: "promql" as const,
    expr: `time() - max by (chore) (${name}{chore="${chore}"}) > ${limit}`,
    examples: [
      {
        title: `nothing for ${hours} hours and more, then a success; another chore is on time`,
        interval: "1h" as const,
        series: {
          [`${name}{platform="nexus",service="housekeeper",chore="${chore}"}`]: `0x${hours + 1} ${limit}x3`,
          [`${name}{platform="nexus",service="housekeeper",chore="${chores.find((other) => other !== chore)}"}`]: `0+3600x${hours + 5}`,
        },
        expect: [
          { at: `${hours}h` as const, firing: [] },
          { at: `${hours + 1}h` as const, firing: [{ chore }] },
          { at: `${hours + 2}h` as const, firing: [] },
        ],
      },
    ],
  };
}

const runsOf = (chore: Chore) => ({
  do: "See how its last runs ended.",
  query: `sum by (outcome) (increase(nexus_chore_runs_total{chore="${chore}"}[1w]))`,
  good: "successes only: it has just run",
  bad: "failure: read why. Nothing: it does not run at all",
});
const reasonOf = (chore: Chore) => ({
  do: "Read why it failed.",
  command: logs(
    "housekeeper",
    `select(.event == "chore-finished" and .chore == "${chore}") | {time, outcome, reason}`,
  ),
  bad: "access denied: the storage's key. no space: its volume. timeout: PostgreSQL is slow or locked",
});
const runNow = (chore: Chore) => ({
  do: "Run it now.",
  command: nexusctl("housekeeper", `run ${chore}`),
  good: "prints success; this alert ends within a minute",
});

/** Alerts of what is done by the clock (NX-8, NX-9). */
export const housekeepingAlerts = defineAlerts(
  { services, metrics },
  {
    "housekeeper-down": {
      meets: ["NX-8"],
      summary: "The housekeeper does not answer",
      description:
        "For 15 minutes Prometheus has not reached the housekeeper: no backup, no retention, no scenario runs.",
      severity: "warning",
      service: "housekeeper",
      when: { kind: "target-down" },
      for: "15m",
      runbook: {
        meaning: "The one pod of the housekeeper is gone or hangs.",
        impact: "None for users. Tonight's backup will be missing, and the alerts on chores are blind.",
        diagnosis: [podsOf("housekeeper"), lastWords("housekeeper")],
        mitigation: [
          { ...restart("housekeeper"), do: "Restart it; chores that were missed are made up for." },
          ifReleased,
        ],
        rollback: [rollBack("housekeeper")],
      },
    },
    "backup-overdue": {
      meets: ["NX-8"],
      summary: "The last database backup is older than 26 hours",
      description:
        "The database is backed up every night at 2; the last backup that succeeded is older than 26 hours.",
      severity: "critical",
      service: "housekeeper",
      when: overdue("database-backup", 26),
      runbook: {
        meaning: "Last night's backup failed or did not run.",
        impact:
          "Were PostgreSQL's volume lost now, more than a day of experiences and audit records would be lost.",
        diagnosis: [
          podsOf("housekeeper"),
          runsOf("database-backup"),
          reasonOf("database-backup"),
          {
            do: "See what is in the storage.",
            command: nexusctl("housekeeper", "backups list --last 5"),
            good: "one for every night, about equally large",
            bad: "the newest is missing or much smaller",
          },
        ],
        mitigation: [
          runNow("database-backup"),
          {
            do: "If the storage refuses its key, have it renewed in the Secret nexus-backup, then restart the housekeeper.",
          },
        ],
        rollback: [{ do: "Nothing to take back: a backup changes nothing." }],
      },
    },
    "configuration-backup-overdue": {
      meets: ["NX-8"],
      summary: "The last configuration backup is older than 26 hours",
      description:
        "Configuration is backed up with the database every night; the last success is older than 26 hours.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("configuration-backup", 26),
      runbook: {
        meaning: "Last night's backup of settings, roles and models failed or did not run.",
        impact: "After a loss, settings made since would have to be made again by hand.",
        diagnosis: [runsOf("configuration-backup"), reasonOf("configuration-backup")],
        mitigation: [runNow("configuration-backup")],
      },
    },
    "backup-shrunk": {
      meets: ["NX-8"],
      summary: "The {{ $labels.backup }} backup is less than half as large as yesterday's",
      description:
        "The newest {{ $labels.backup }} backup has less than half of the size that it had a day before: something may be missing in it.",
      severity: "warning",
      service: "housekeeper",
      when: {
        kind: "promql",
        expr: "min by (backup) (nexus_backup_size_bytes) < 0.5 * max by (backup) (nexus_backup_size_bytes offset 1d)",
        examples: [
          {
            title: "a backup of 400 MB after one of 900 MB, and the same size the next day",
            interval: "1h",
            series: {
              'nexus_backup_size_bytes{platform="nexus",service="housekeeper",backup="database"}':
                "900000000x24 400000000x30",
              'nexus_backup_size_bytes{platform="nexus",service="housekeeper",backup="configuration"}':
                "5000000x54",
            },
            expect: [
              { at: "24h", firing: [] },
              { at: "26h", firing: [{ backup: "database" }] },
              { at: "50h", firing: [] },
            ],
          },
        ],
      },
      runbook: {
        meaning: "A table is missing or was emptied, or retention removed far more than usual.",
        impact: "A restore of this backup might lack data. Keep the older ones.",
        diagnosis: [
          {
            do: "Compare the newest two.",
            command: nexusctl("housekeeper", "backups compare --newest 2"),
            good: "fewer experiences only: they were merged or pruned",
            bad: "a table is missing or empty",
          },
          {
            do: "See whether experiences were removed.",
            query: "max(nexus_experiences_stored) - max(nexus_experiences_stored offset 1d)",
            good: "as much less as the backup is smaller",
            bad: "near 0: the backup lacks something else",
          },
        ],
        mitigation: [
          {
            do: "Keep the older backup from being removed.",
            command: nexusctl("housekeeper", "backups hold BACKUP"),
            good: "prints held",
          },
          runNow("restore-test"),
        ],
        rollback: [
          { do: "Let it go when all is clear.", command: nexusctl("housekeeper", "backups release BACKUP") },
        ],
      },
    },
    "restore-test-overdue": {
      meets: ["NX-8"],
      summary: "No backup has been restored for 8 days",
      description:
        "Every Sunday the newest backup is restored to prove that it can be; the last success is older than 8 days.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("restore-test", 192),
      runbook: {
        meaning: "The test failed or did not run. A backup that was never restored is a hope.",
        impact: "None now. In a disaster nobody could be sure that there is a way back.",
        diagnosis: [
          runsOf("restore-test"),
          reasonOf("restore-test"),
          {
            do: "See whether the backup fits the room for tests.",
            command: "kubectl -n $NAMESPACE exec deployment/housekeeper -- df -h /restore-test",
            good: "below 80 % between tests",
            bad: "full: the database has outgrown the volume; enlarge it",
          },
        ],
        mitigation: [
          runNow("restore-test"),
          {
            do: "If it is too small, enlarge the volume, and in the catalog too: the next deploy cannot shrink it again.",
            command: `kubectl -n $NAMESPACE patch pvc restore-test --patch '{"spec":{"resources":{"requests":{"storage":"10Gi"}}}}'`,
          },
        ],
        escalation: "A backup that cannot be restored is as urgent as none: follow BackupOverdue at once.",
      },
    },
    "vacuum-overdue": {
      meets: ["NX-8"],
      summary: "PostgreSQL has not been vacuumed for 8 days",
      description:
        "The database is vacuumed and analysed every Saturday; the last success is older than 8 days.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("vacuum", 192),
      runbook: {
        meaning:
          "The weekly vacuum failed or did not run. Autovacuum goes on, but leaves large tables behind.",
        impact: "Queries slowly become slower, and the volume fills.",
        diagnosis: [
          runsOf("vacuum"),
          reasonOf("vacuum"),
          {
            do: "See which tables wait for it.",
            query: "topk(5, max by (relname) (pg_stat_user_tables_n_dead_tup))",
            good: "below 10000",
            bad: "hundreds of thousands in one table",
          },
        ],
        mitigation: [runNow("vacuum")],
      },
    },
    "log-rotation-overdue": {
      meets: ["NX-8"],
      summary: "Logs have not been rotated for 26 hours",
      description:
        "Logs and audit exports are rotated and archived every day; the last success is older than 26 hours.",
      severity: "warning",
      service: "housekeeper",
      when: overdue("log-rotation", 26),
      runbook: {
        meaning: "Yesterday's logs were not packed and moved to the object storage.",
        impact: "None yet. Nodes keep only a few days of logs: what is not archived by then is lost.",
        diagnosis: [runsOf("log-rotation"), reasonOf("log-rotation")],
        mitigation: [runNow("log-rotation")],
      },
    },
    "image-outdated": {
      meets: ["NX-8"],
      summary: "{{ $labels.image }} runs an image older than 35 days",
      description:
        "Images are built anew every month for security patches; that of {{ $labels.image }} is older than 35 days.",
      severity: "warning",
      service: "housekeeper",
      when: {
        kind: "promql",
        expr: "time() - min by (image) (nexus_image_built_timestamp_seconds) > 3024000",
        examples: [
          {
            title: "an image of 35 days and more, then a new one",
            interval: "1d",
            series: {
              'nexus_image_built_timestamp_seconds{platform="nexus",service="housekeeper",image="redis"}':
                "0x36 3110400x3",
            },
            expect: [
              { at: "35d", firing: [] },
              { at: "36d", firing: [{ image: "redis" }] },
              { at: "37d", firing: [] },
            ],
          },
        ],
      },
      runbook: {
        meaning: "A month's security patches are missing in what runs.",
        impact: "None until somebody uses a hole that is publicly known.",
        diagnosis: [
          {
            do: "See which images are old.",
            query: "(time() - min by (image) (nexus_image_built_timestamp_seconds)) / 86400",
            good: "below 31",
            bad: "above 35: this month's build was not deployed",
          },
          {
            do: "See what runs.",
            command:
              "kubectl -n $NAMESPACE get deployments -o custom-columns=NAME:.metadata.name,IMAGE:.spec.template.spec.containers[*].image",
          },
        ],
        mitigation: [
          {
            do: "Put this month's image into the catalog and promote it through dev and staging; its gates decide.",
          },
        ],
      },
    },
    "scenario-failing": {
      meets: ["NX-10"],
      summary: "Integration scenario {{ $labels.scenario }} fails",
      description:
        "Scenario {{ $labels.scenario }}, which goes through all services, failed at least twice in the last 45 minutes.",
      severity: "critical",
      service: "housekeeper",
      when: {
        kind: "increase",
        metric: "nexus_scenario_runs_total",
        where: { outcome: "failed" },
        window: "45m",
        by: ["scenario"],
        is: ">=",
        // Tried every 15 minutes: a single failure may be a rollout.
        value: 2,
      },
      runbook: {
        meaning: "What users do every day does not work, though each service may look well by itself.",
        impact: "Users who do the same fail too.",
        diagnosis: [
          {
            do: "See which scenarios fail.",
            query: 'sum by (scenario) (increase(nexus_scenario_runs_total{outcome="failed"}[1h])) > 0',
            good: "one: its step names the service",
            bad: "all: the gateway, a token or a store; look at the other alerts first",
          },
          {
            do: "Read at which step it fails, and with what trace.",
            command: logs(
              "housekeeper",
              'select(.event == "scenario-finished" and .outcome == "failed") | {time, scenario, step, reason, trace_id}',
            ),
            bad: "the same step each time",
          },
          {
            do: "See whether other alerts fire.",
            query: 'ALERTS{alertstate="firing"}',
            good: "only this one",
          },
        ],
        mitigation: [
          {
            do: "Try it once more by hand.",
            command: nexusctl("housekeeper", "scenario run SCENARIO"),
            good: "prints passed",
            bad: "prints the step that fails: follow that service's runbook",
          },
          { do: "If it began with a release of that service, roll that release back by its runbook." },
        ],
      },
    },
  },
);
