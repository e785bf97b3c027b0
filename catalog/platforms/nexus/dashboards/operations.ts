import { defineDashboards } from "fairlead";
import { known, redThenGreen } from "./known.ts";

const DAY = 86_400;
const age = (chore: string) =>
  `time() - max by (chore) (nexus_chore_last_success_timestamp_seconds{chore=~"${chore}"})`;

export const operations = defineDashboards(known, {
  operations: {
    meets: ["NX-8", "NX-9"],
    title: "Operations",
    description:
      "What is done by the clock, the audit log, access, certificates, and the integration scenarios.",
    tags: ["nexus", "NX-8", "NX-9"],
    rows: [
      {
        title: "Does it work for users",
        panels: [
          {
            meets: ["NX-10"],
            title: "Integration scenarios",
            description:
              "Failed runs of the last hour, for all ten scenarios. All 0: what users do every day works.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'sum by (scenario) (increase(nexus_scenario_runs_total{outcome="failed"}[1h]))',
                legend: "{{scenario}}",
              },
            ],
            thresholds: [
              { value: 1, color: "yellow" },
              { value: 2, color: "red" },
            ],
            alerts: ["scenario-failing"],
            width: "half",
          },
          {
            meets: ["NX-10"],
            title: "Duration of the scenarios",
            description:
              "Time that each scenario's last run took. A step upwards shows trouble before it fails.",
            type: "timeseries",
            unit: "seconds",
            queries: [
              { expr: "max by (scenario) (nexus_scenario_duration_seconds)", legend: "{{scenario}}" },
            ],
            width: "half",
          },
        ],
      },
      {
        title: "By the clock",
        panels: [
          {
            meets: ["NX-8"],
            title: "Housekeeper",
            description: "1 while it answers. 0: no copy leaves the cluster, no retention, no scenario.",
            type: "stat",
            unit: "on-off",
            queries: [{ expr: 'sum(up{service="housekeeper"})', legend: "answers" }],
            thresholds: redThenGreen(1),
            alerts: ["housekeeper-down"],
            width: "quarter",
          },
          {
            meets: ["NX-8"],
            title: "Age of daily chores",
            description: "Time since each last succeeded. Above 26 hours one was missed.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              {
                expr: age("database-backup|configuration-backup|log-rotation|retention"),
                legend: "{{chore}}",
              },
            ],
            thresholds: [{ value: 26 * 3600, color: "red" }],
            alerts: ["backup-overdue", "configuration-backup-overdue", "log-rotation-overdue"],
            width: "half",
          },
          {
            meets: ["NX-8"],
            title: "Age of weekly chores",
            description:
              "Time since a backup was last restored, and the database vacuumed. Above 8 days one was missed.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [{ expr: age("restore-test|vacuum"), legend: "{{chore}}" }],
            thresholds: [{ value: 8 * DAY, color: "red" }],
            alerts: ["restore-test-overdue", "vacuum-overdue"],
            width: "quarter",
          },
          {
            meets: ["NX-8"],
            title: "Size of the backups",
            description: "Of the newest ones. A fall to less than half is told.",
            type: "timeseries",
            unit: "bytes",
            queries: [{ expr: "min by (backup) (nexus_backup_size_bytes)", legend: "{{backup}}" }],
            alerts: ["backup-shrunk"],
            width: "third",
          },
          {
            meets: ["NX-8"],
            title: "Duration of the chores",
            description: "Of their last runs. The restore test is how long a recovery takes at least.",
            type: "timeseries",
            unit: "seconds",
            queries: [{ expr: "max by (chore) (nexus_chore_duration_seconds)", legend: "{{chore}}" }],
            width: "third",
          },
          {
            meets: ["NX-8"],
            title: "Failed runs",
            description: "Runs of each chore that failed in the last day. 0 is good.",
            type: "bar-gauge",
            unit: "count",
            queries: [
              {
                expr: 'sum by (chore) (increase(nexus_chore_runs_total{outcome="failure"}[1d]))',
                legend: "{{chore}}",
              },
            ],
            thresholds: [{ value: 1, color: "red" }],
            width: "third",
          },
          {
            meets: ["NX-8"],
            title: "Age of the images",
            description:
              "Time since the running images were built. Above 35 days a month's patches are missing.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              { expr: "time() - min by (image) (nexus_image_built_timestamp_seconds)", legend: "{{image}}" },
            ],
            thresholds: [
              { value: 31 * DAY, color: "yellow" },
              { value: 35 * DAY, color: "red" },
            ],
            alerts: ["image-outdated"],
            width: "two-thirds",
          },
          {
            meets: ["NX-8"],
            title: "Records of the last restore test",
            description:
              "Records in the database that was restored. Near those of the live one; 0: the backup was empty.",
            type: "stat",
            unit: "count",
            queries: [{ expr: "max(nexus_restored_records)", legend: "records" }],
            thresholds: redThenGreen(1),
            alerts: ["restore-test-overdue"],
            width: "third",
          },
        ],
      },
      {
        title: "Audit and access",
        panels: [
          {
            meets: ["NX-9"],
            title: "Audit records",
            description: "By hour and service: refused ones were not done either; failed must be 0.",
            type: "timeseries",
            unit: "per-hour",
            queries: [
              {
                expr: "sum by (service, outcome) (increase(nexus_audit_records_total[1h]))",
                legend: "{{service}} {{outcome}}",
              },
            ],
            alerts: ["action-not-audited", "audit-records-refused"],
            width: "third",
          },
          {
            meets: ["NX-9"],
            title: "Tokens that are refused",
            description: "A second, by reason. bad-signature: forged, or the key was changed.",
            type: "timeseries",
            unit: "per-second",
            queries: [
              {
                expr: 'sum by (outcome) (rate(nexus_token_verifications_total{outcome!="accepted"}[$__rate_interval]))',
                legend: "{{outcome}}",
              },
            ],
            alerts: ["tokens-refused", "tokens-forged"],
            width: "third",
          },
          {
            meets: ["NX-9"],
            title: "Time left of certificates",
            description: "Until each ends. They renew themselves 30 days before.",
            type: "bar-gauge",
            unit: "seconds",
            queries: [
              {
                expr: "min by (certificate) (nexus_certificate_expiry_timestamp_seconds) - time()",
                legend: "{{certificate}}",
              },
            ],
            thresholds: [
              { value: 0, color: "red" },
              { value: 3 * DAY, color: "yellow" },
              { value: 14 * DAY, color: "green" },
            ],
            alerts: ["certificate-expires-soon", "certificate-expiring"],
            width: "third",
          },
          {
            meets: ["NX-9"],
            title: "Outlived their retention",
            description: "Records that should be gone and are not, by store. 0 the day after each clean-up.",
            type: "timeseries",
            unit: "count",
            queries: [{ expr: "max by (store) (nexus_retention_overdue_records)", legend: "{{store}}" }],
            alerts: ["retention-overdue"],
            width: "full",
          },
        ],
      },
    ],
  },
});
