import { defineDashboards } from "fairlead";
import { alerts } from "./alerts.ts";
import { base } from "./base.ts";
import { metrics } from "./metrics.ts";
import { slos } from "./slos.ts";

/** What the platform is for; all else is on the base's dashboard. */
export const dashboards = defineDashboards(
  {
    metrics: { ...metrics, ...base.metrics },
    slos: { ...slos, ...base.slos },
    alerts: { ...alerts, ...base.alerts },
  },
  {
    workflows: {
      meets: ["PM-3"],
      title: "Workflows",
      description: "What people asked for, what waits, and what became of it.",
      tags: ["production"],
      rows: [
        {
          title: "Workflows",
          panels: [
            {
              meets: ["PM-3", "PM-4"],
              title: "Waiting",
              description: "Workflows in the queue. More than 100 for ten minutes: more workers are needed.",
              type: "timeseries",
              unit: "count",
              queries: [{ expr: "max(production_queue_workflows)", legend: "waiting" }],
              thresholds: [{ value: 100, color: "yellow" }],
              alerts: ["queue-long"],
              width: "half",
            },
            {
              meets: ["PM-3", "PM-4"],
              title: "Success",
              description:
                "Share of the workflows of the last hour that ended with a result. At least 99 % over 30 days.",
              type: "timeseries",
              unit: "percent",
              queries: [
                {
                  expr:
                    'sum(increase(business_events_total{outcome="success"}[1h])) ' +
                    '/ (sum(increase(business_events_total{outcome!="cancelled"}[1h])) > 0)',
                  legend: "success",
                },
              ],
              slos: ["workflows-succeed"],
              alerts: ["worker-work-failing"],
              width: "half",
            },
          ],
        },
        {
          title: "Backups",
          panels: [
            {
              meets: ["PM-13"],
              title: "Since the last success",
              description:
                "Time since copy, restore test and vacuum last succeeded. A copy is due every day, the others every week.",
              type: "timeseries",
              unit: "seconds",
              queries: [
                {
                  expr: "time() - max by (chore) (upkeep_last_success_timestamp_seconds)",
                  legend: "{{chore}}",
                },
              ],
              alerts: ["backup-overdue", "restore-test-overdue", "vacuum-overdue"],
              width: "half",
            },
            {
              meets: ["PM-13"],
              title: "Size of the last copy",
              description: "Compressed. Much less than the day before: something may be missing in it.",
              type: "timeseries",
              unit: "bytes",
              queries: [{ expr: "max(upkeep_backup_size_bytes)", legend: "copy" }],
              width: "quarter",
            },
            {
              meets: ["PM-13"],
              title: "Rows that came back",
              description: "In the last restore test, of all tables.",
              type: "stat",
              unit: "count",
              queries: [{ expr: "max(upkeep_restored_rows)", legend: "rows" }],
              width: "quarter",
            },
          ],
        },
      ],
    },
  },
);
