import { defineBreakers } from "fairlead";
import { alerts } from "./alerts/index.ts";
import { metrics } from "./metrics/index.ts";
import { services } from "./services.ts";

// Five in a row and one trial every 30 seconds are our reading: the requirements ask for breakers without naming numbers.
const own = (breaker: string) => ({
  opens: { kind: "consecutive-failures" as const, failures: 5 },
  recovers: { kind: "trial" as const, after: ["30s" as const] },
  shared: false,
  shownBy: { metric: "agenthive_breaker_open" as const, where: { breaker } },
  alert: "breaker-open" as const,
});

/** Breakers of models, starts of agents and the database. */
export const breakers = defineBreakers(
  { services, metrics, alerts },
  {
    "model-anthropic": {
      ...own("model-anthropic"),
      meets: ["AH-8"],
      title: "Models of the first provider",
      description: "Calls go to the other provider while this one does not answer; with both open they wait.",
      service: "model-gateway",
      whileOpen: [{ do: "use-back-up", backUp: "openai" }],
    },
    "model-openai": {
      ...own("model-openai"),
      meets: ["AH-8"],
      title: "Models of the fall-back",
      description: "Calls go to the other provider while this one does not answer; with both open they wait.",
      service: "model-gateway",
      whileOpen: [{ do: "use-back-up", backUp: "anthropic" }],
    },
    "agent-spawn": {
      ...own("agent-spawn"),
      meets: ["AH-7"],
      title: "Starts of agents",
      description: "Starts no agent while starts fail one after the other; tasks wait.",
      service: "spawn-manager",
      whileOpen: [{ do: "pause-starts" }],
    },
    database: {
      ...own("database"),
      meets: ["AH-3"],
      title: "Database",
      description: "Takes no checkpoint while the database does not answer; sessions go on and try again.",
      service: "session-manager",
      whileOpen: [{ do: "refuse-calls" }],
    },
  },
);
