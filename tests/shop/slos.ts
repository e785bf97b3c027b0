import { defineSlos } from "fairlead";
import { metrics } from "./metrics.ts";
import { runbook } from "./runbook.ts";
import { services } from "./services.ts";

export const slos = defineSlos(
  { services, metrics },
  {
    "order-success": {
      title: "Orders succeed",
      description: "Customers see an error page.",
      service: "api",
      objective: "99.9%",
      sli: {
        kind: "bad-events",
        bad: { metric: "shop_orders_total", where: { outcome: "failed" } },
        total: { metric: "shop_orders_total" },
      },
      minimumEvents: 50,
      runbook,
      meets: ["SH-2"],
    },
    "order-latency": {
      title: "Orders are fast",
      description: "Customers wait.",
      service: "api",
      objective: "95%",
      period: "28d",
      sli: {
        kind: "latency",
        metric: "shop_request_duration_seconds",
        where: { route: "/orders" },
        threshold: "300ms",
      },
      noTraffic: "unknown",
      runbook,
    },
  },
);
