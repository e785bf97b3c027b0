import { defineLimits } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

/** What runs and projects may take. */
export const limits = defineLimits(
  { services, metrics, alerts },
  {
    "concurrent-runs": {
      meets: ["CC-9"],
      title: "Runs at once",
      description: "More runs than that wait until one ends.",
      service: "orchestrator",
      of: "runs",
      atMost: 10,
      per: "platform",
      reached: ["wait"],
      shownBy: { metric: "commandcenter_run_limit" },
      alert: "runs-pile-up",
    },
    "approval-wait": {
      meets: ["CC-7"],
      title: "Wait for an approval",
      description: "What nobody decided within a day is not done: the run is cancelled.",
      service: "api",
      of: "time",
      atMost: "24h",
      per: "task",
      reached: ["fail-task"],
      shownBy: { metric: "commandcenter_approval_oldest_seconds" },
      alert: "approval-waits-long",
    },
  },
);
