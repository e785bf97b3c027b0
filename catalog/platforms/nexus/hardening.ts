import type { AllowanceInput } from "fairlead";
import { everyService, officialStore } from "fairlead/packs/hardening";

const until = { until: "2027-06-30" };

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  ...everyService(until),
  ...officialStore("redis", until),
  ...officialStore("postgres", until),
  {
    rule: "kube-score/deployment-replicas",
    at: "services.housekeeper",
    reason: "It does what is done by the clock: two of them would do it twice.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.redis-exporter",
    reason: "While it is away only its own figures are missing, and an alert tells of it.",
    ...until,
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.redis-exporter",
    reason: "Its one address answers for the exporter itself, whether the database does or not.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.postgres-exporter",
    reason: "While it is away only its own figures are missing, and an alert tells of it.",
    ...until,
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.postgres-exporter",
    reason: "Its one address answers for the exporter itself, whether the database does or not.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.multi-agent-coordinator",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.adaptive-learning-engine",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.production-optimizer",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    ...until,
  },
];
