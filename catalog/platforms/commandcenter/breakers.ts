import { defineBreakers } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

// Each replica learns for itself what it cannot reach; the waits are our reading, the requirement names none.
const own = (breaker: string) => ({
  meets: ["CC-14"],
  shared: false,
  recovers: { kind: "trial" as const, after: ["30s" as const, "1m" as const, "2m" as const] },
  shownBy: { metric: "commandcenter_breaker_open" as const, where: { breaker } },
  alert: "breaker-open" as const,
});

/** Breakers of what runs depend on (CC-14). */
export const breakers = defineBreakers(
  { services, metrics, alerts },
  {
    "agent-executor": {
      ...own("agent-executor"),
      title: "Agent executor",
      description: "Starts no agent while starts fail one after the other; runs wait.",
      service: "orchestrator",
      opens: { kind: "consecutive-failures", failures: 5 },
      whileOpen: [{ do: "pause-tasks" }],
    },
    nats: {
      ...own("nats"),
      title: "NATS",
      description:
        "Refuses new runs with 503 and Retry-After while messages do not get through; running ones finish their step.",
      service: "api",
      opens: { kind: "consecutive-failures", failures: 5 },
      whileOpen: [{ do: "refuse-calls" }],
    },
    "database-pool": {
      ...own("database-pool"),
      title: "Database pool",
      description:
        "Answers 503 at once while operations fail or find no connection, instead of queueing behind them.",
      service: "api",
      // Half of the operations within ten seconds; of fewer than ten, the failure of some says little.
      opens: { kind: "failure-rate", above: "50%", window: "10s", minimumCalls: 10 },
      whileOpen: [{ do: "refuse-calls" }],
    },
  },
);
