import { defineAlerts } from "fairlead";
import { metrics } from "../metrics/index.ts";
import { enlarge, nexusctl, podsOf } from "../runbook-steps.ts";
import { services } from "../services.ts";
import { jobsSaid, overdue, reasonOf, runNow, runsOf } from "./chores.ts";

/** Alerts of backups and of the proof that they can be restored (NX-8). */
export const backupAlerts = defineAlerts(
  { services, metrics },
  {
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
          jobsSaid("database-backup"),
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
          jobsSaid("restore-test"),
          {
            do: "See whether the volume of the copies is full.",
            command: "kubectl -n $NAMESPACE exec deployment/housekeeper -- df -h /kept",
            good: "below 80 %",
            bad: "full: there is no newer copy to restore; enlarge it",
          },
        ],
        mitigation: [runNow("restore-test"), enlarge("backups")],
        escalation: "A backup that cannot be restored is as urgent as none: follow BackupOverdue at once.",
      },
    },
  },
);
