import { defineAlerts } from "fairlead";
import { metrics } from "./metrics.ts";
import { runbook } from "./runbook.ts";
import { services } from "./services.ts";

export const alerts = defineAlerts(
  { services, metrics },
  {
    "queue-deep": {
      summary: "Queue {{ $labels.queue }} is deep",
      description: "More than 100 orders wait.",
      severity: "warning",
      service: "api",
      when: {
        kind: "threshold",
        metric: "shop_queue_depth",
        aggregate: "max",
        by: ["queue"],
        is: ">",
        value: 100,
      },
      for: "10m",
      because: "a wave of orders is worked off within minutes",
      cause: "backlog",
      runbook,
    },
    "disk-almost-full": {
      summary: "Less than 10% of the disk is free",
      description: "Receipts will be lost.",
      severity: "critical",
      service: "api",
      when: {
        kind: "gauge-ratio",
        part: { metric: "shop_disk_free_bytes" },
        whole: { metric: "shop_disk_size_bytes" },
        is: "<",
        value: "10%",
      },
      for: "5m",
      because: "the nightly clean-up takes four minutes to give room back",
      runbook,
    },
    "orders-failing": {
      summary: "More than 30% of orders fail",
      description: "Over an hour.",
      severity: "critical",
      service: "api",
      when: {
        kind: "event-ratio",
        part: { metric: "shop_orders_total", where: { outcome: "failed" } },
        whole: { metric: "shop_orders_total" },
        window: "1h",
        is: ">",
        value: "30%",
        minimumEvents: 20,
      },
      runbook,
    },
    "double-charge": {
      summary: "A customer was charged twice",
      description: "Must never happen.",
      severity: "critical",
      service: "api",
      when: { kind: "increase", metric: "shop_double_charges_total", window: "5m", is: ">", value: 0 },
      direct: true,
      invariant: true,
      runbook,
    },
    "api-down": {
      summary: "The order API is down",
      description: "No pod answers.",
      severity: "critical",
      service: "api",
      when: { kind: "target-down" },
      direct: true,
      runbook,
    },
    "orders-stopped": {
      summary: "No order for a while",
      description: "There were orders an hour ago and there are none now.",
      severity: "warning",
      service: "api",
      when: {
        kind: "promql",
        expr: "sum(rate(shop_orders_total[5m])) == 0 and sum(rate(shop_orders_total[5m] offset 1h)) > 0",
        examples: [
          {
            title: "orders stop",
            series: { 'shop_orders_total{platform="shop",outcome="ok"}': "0+60x60 3600+0x30" },
            expect: [
              { at: "30m", firing: [] },
              { at: "70m", firing: [{}] },
            ],
          },
        ],
      },
      runbook,
    },
  },
);
