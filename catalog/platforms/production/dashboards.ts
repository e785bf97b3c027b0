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
      ],
    },
  },
);
