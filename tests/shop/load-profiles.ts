import { defineLoadProfiles } from "fairlead";
import { services } from "./services.ts";
import { slos } from "./slos.ts";

export const loadProfiles = defineLoadProfiles(
  { services, slos },
  {
    smoke: {
      title: "Smoke",
      description: "A few orders.",
      target: { service: "api", port: "http" },
      arrivals: { kind: "constant", rate: "5/s", for: "30s" },
      requests: [
        { name: "list", path: "/orders?limit=10", weight: 3 },
        { name: "place", method: "POST", path: "/orders", body: { item: "book" }, expect: [201] },
      ],
      slos: ["order-success", "order-latency"],
    },
    load: {
      title: "Load",
      description: "A busy day.",
      target: { service: "api", port: "http" },
      arrivals: {
        kind: "ramping",
        from: "1/s",
        stages: [
          { to: "50/s", over: "1m" },
          { to: "1/s", over: "30s" },
        ],
      },
      requests: [{ name: "list", path: "/orders" }],
      slos: ["order-latency"],
    },
  },
);
