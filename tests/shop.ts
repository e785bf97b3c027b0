// A small platform with one of everything, for tests.
import { type AllowanceInput, defineEvents, defineGates, definePlatform } from "fairlead";
import { alerts } from "./shop/alerts.ts";
import { dashboards } from "./shop/dashboards.ts";
import { environments, routing } from "./shop/environments.ts";
import { loadProfiles } from "./shop/load-profiles.ts";
import { metrics } from "./shop/metrics.ts";
import { operations } from "./shop/operations.ts";
import { breakers, limits, modes } from "./shop/resilience.ts";
import { services, volumes } from "./shop/services.ts";
import { slos } from "./shop/slos.ts";

export { alerts, dashboards, environments, loadProfiles, metrics, routing, services, slos, volumes };

export const events = defineEvents({
  "order-placed": {
    message: "An order was placed",
    fields: { order_id: { type: "string", description: "The order." } },
  },
});

export const gates = defineGates(
  { environments },
  { release: { title: "Release gate", policy: "latency-and-errors", environments: ["prod"] } },
);

/** Policies of the shop, by name. */
export const policies = {
  "latency-and-errors": {
    name: "latency-and-errors",
    description: "Fast enough and without errors.",
    level: "mandatory",
    objectives: [
      {
        name: "success",
        indicator: { slo: "order-success" },
        pass: [[">=99.9%"]],
        warn: [[">=99.5%"]],
        key: true,
      },
      { name: "p95", indicator: { load: "smoke", measure: "p95" }, pass: [["<=300ms", "<=+10%"]], weight: 2 },
    ],
    total: { pass: "90%", warn: "75%" },
  },
};

/** What kube-score and checkov find in the shop, and is meant to be so. */
export const allow: AllowanceInput[] = [
  ["kube-score/container-resources", "services.*"],
  ["kube-score/deployment-replicas", "services.store"],
  ["kube-score/pod-probes-identical", "services.store"],
  ["checkov/CKV_K8S_11", "services.*"],
  ["checkov/CKV_K8S_43", "services.*"],
  ["checkov/CKV_K8S_35", "services.api"],
].map(([rule = "", at = ""]) => ({
  rule,
  at,
  reason: "the shop is made up, for tests",
  until: "2027-03-31",
}));

export const shop = definePlatform({
  name: "shop",
  title: "Shop",
  description: "Sells books.",
  team: "shop",
  contacts: [
    { role: "on-call engineer", how: "pager, schedule shop-primary" },
    { role: "engineering manager", how: "phone list" },
  ],
  repository: "https://git.example/shop",
  parts: [
    { volumes, services, metrics },
    { slos, alerts, events, operations, routing },
    { dashboards, loadProfiles, environments, gates },
    { breakers, modes, limits, allow },
  ],
});
