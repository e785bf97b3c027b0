import { defineLimits } from "fairlead";
import { alerts } from "./alerts.ts";
import { metrics } from "./metrics.ts";
import { services } from "./services.ts";

/** What workers take on at once. */
export const limits = defineLimits(
  { services, metrics, alerts },
  {
    "concurrent-workflows": {
      meets: ["PM-10"],
      title: "Workflows of a worker at once",
      description: "More workflows than that wait in the shared queue.",
      service: "worker",
      of: "workflows",
      atMost: 10,
      per: "replica",
      reached: ["wait"],
      shownBy: { metric: "production_queue_workflows" },
      alert: "queue-long",
    },
  },
);
