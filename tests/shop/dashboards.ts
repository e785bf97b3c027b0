import { defineDashboards } from "fairlead";
import { alerts } from "./alerts.ts";
import { metrics } from "./metrics.ts";
import { slos } from "./slos.ts";

export const dashboards = defineDashboards(
  { metrics, slos, alerts },
  {
    orders: {
      title: "Orders",
      description: "How the shop is doing.",
      variables: { queue: { title: "Queue", metric: "shop_queue_depth", label: "queue" } },
      rows: [
        {
          title: "Orders",
          panels: [
            {
              title: "Orders by outcome",
              description: "Failed orders should be few.",
              type: "timeseries",
              unit: "per-second",
              queries: [
                {
                  expr: "sum by (outcome) (rate(shop_orders_total[$__rate_interval]))",
                  legend: "{{outcome}}",
                },
              ],
              alerts: ["orders-failing", "orders-stopped", "double-charge", "api-down"],
              slos: ["order-success", "order-latency"],
              width: "two-thirds",
            },
            {
              title: "Queue",
              description: "Orders that wait.",
              type: "stat",
              unit: "count",
              queries: [{ expr: 'max by (queue) (shop_queue_depth{queue=~"$queue"})', legend: "{{queue}}" }],
              thresholds: [{ value: 100, color: "red" }],
              alerts: ["queue-deep"],
            },
          ],
        },
        {
          title: "Disk",
          panels: [
            {
              title: "Free disk",
              description: "Should stay above 10%.",
              type: "gauge",
              unit: "percent",
              queries: [{ expr: "sum(shop_disk_free_bytes) / (sum(shop_disk_size_bytes) > 0)" }],
              thresholds: [{ value: 0.1, color: "green" }],
              alerts: ["disk-almost-full"],
            },
          ],
        },
      ],
    },
  },
);
