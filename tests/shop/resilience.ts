import { defineBreakers, defineLimits, defineModes } from "fairlead";
import { alerts } from "./alerts.ts";
import { metrics } from "./metrics.ts";
import { services } from "./services.ts";

export const breakers = defineBreakers(
  { services, metrics, alerts },
  {
    payments: {
      title: "Payments",
      description: "Takes no payment while the provider does not answer.",
      service: "api",
      opens: { kind: "failure-rate", above: "50%", window: "5m", minimumCalls: 10 },
      recovers: { kind: "trial", after: ["1m", "2m"] },
      whileOpen: [{ do: "refuse-calls" }, { do: "use-back-up", backUp: "vouchers" }],
      shownBy: { metric: "shop_queue_depth", where: { queue: "payments" } },
      alert: "queue-deep",
    },
  },
);

const ladder = { service: "api" as const, ladder: "selling" };

export const modes = defineModes(
  { services, metrics, alerts },
  {
    selling: {
      ...ladder,
      title: "Selling",
      description: "Everything works.",
      rank: 0,
      works: { newWork: "accepted", running: "goes-on" },
      shownBy: { metric: "shop_queue_depth", where: { queue: "mode" }, value: 0 },
    },
    closed: {
      ...ladder,
      title: "Closed",
      description: "No new order; those that were taken are sent.",
      rank: 1,
      works: { newWork: "refused", running: "finishes", agents: "50%" },
      entered: [{ signal: "backlog", is: ">=", value: "90%" }],
      left: { calmFor: "5m" },
      shownBy: { metric: "shop_queue_depth", where: { queue: "mode" }, value: 1 },
      alert: "queue-deep",
    },
  },
);

export const limits = defineLimits(
  { services, metrics, alerts },
  {
    "waiting-orders": {
      title: "Orders that wait",
      description: "More are refused.",
      service: "api",
      of: "orders",
      atMost: 100,
      per: "platform",
      window: "1h",
      warnsAt: "80%",
      waits: ["2s", "4s"],
      reached: ["refuse", "tell-people"],
      shownBy: { metric: "shop_queue_depth" },
      alert: "queue-deep",
    },
  },
);
