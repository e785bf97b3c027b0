import { defineMetrics } from "fairlead";
import { services } from "../services.ts";

/** User: what the people at the dashboard notice and do. */
export const userMetrics = defineMetrics(
  { services },
  {
    weathervane_page_load_duration_seconds: {
      meets: ["PM-3"],
      type: "histogram",
      class: "user",
      unit: "seconds",
      help: "Time until a page's largest content was shown, as browsers report it (largest contentful paint).",
      services: ["dashboard-api"],
      labels: { page: ["tasks", "task", "gates", "resolution", "resources"] },
      // 2.5 s is good and above 4 s is poor by the Web Vitals' reckoning.
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 4, 10],
    },
    weathervane_dashboard_sessions: {
      meets: ["PM-3"],
      type: "gauge",
      class: "user",
      help: "People who have the dashboard open: live event streams of this replica.",
      services: ["dashboard-api"],
    },
    weathervane_operator_actions_total: {
      meets: ["PM-3"],
      type: "counter",
      class: "user",
      help: "What people did through the dashboard or the API.",
      services: ["dashboard-api"],
      labels: { action: ["create", "approve", "reject", "retry", "cancel", "change-mode", "reset-breaker"] },
    },
  },
);
