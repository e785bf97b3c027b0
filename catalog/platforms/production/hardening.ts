import type { AllowanceInput } from "fairlead";
import { everyService, officialStore } from "fairlead/packs/hardening";

const until = { until: "2027-06-30" };

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  ...everyService(until),
  ...officialStore("postgresql", until),
  {
    rule: "kube-score/deployment-replicas",
    at: "services.upkeep-metrics",
    reason: "While it is away only its own figures are missing, and an alert tells of it.",
    ...until,
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.upkeep-metrics",
    reason: "Its one address answers for the exporter itself, whether the chores were done or not.",
    ...until,
  },
  ...officialStore("redis", until),
];
