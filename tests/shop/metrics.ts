import { defineMetrics } from "fairlead";
import { services } from "./services.ts";

export const metrics = defineMetrics(
  { services },
  {
    shop_orders_total: {
      type: "counter",
      class: "business",
      help: "Orders by outcome.",
      services: ["api"],
      labels: { outcome: ["ok", "failed"] },
    },
    shop_request_duration_seconds: {
      type: "histogram",
      class: "technical",
      unit: "seconds",
      help: "Time to answer a request.",
      services: ["api"],
      labels: { route: ["/orders", "/health"] },
      buckets: [0.1, 0.3, 1],
    },
    shop_queue_depth: {
      type: "gauge",
      class: "system",
      help: "Orders that wait.",
      services: ["api"],
      labels: { queue: { atMost: 10 } },
    },
    shop_disk_free_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Free disk.",
      services: ["api"],
    },
    shop_disk_size_bytes: {
      type: "gauge",
      class: "system",
      unit: "bytes",
      help: "Size of the disk.",
      services: ["api"],
    },
    shop_double_charges_total: {
      type: "counter",
      class: "user",
      help: "Customers charged twice.",
      services: ["api"],
    },
  },
);
