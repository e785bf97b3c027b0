import type { AllowanceInput } from "fairlead";
import { everyService } from "fairlead/packs/hardening";

const until = { until: "2027-06-30" };

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  ...everyService(until),
  {
    rule: "kube-score/deployment-replicas",
    at: "services.dashboard-api",
    reason:
      "In production a Rollout runs its pods, and says how many with the autoscaler; the Deployment only describes them.",
    ...until,
  },
  {
    rule: "kube-score/horizontalpodautoscaler-has-target",
    at: "services.dashboard-api",
    reason: "In production its target is the service's Rollout, a kind that kube-score does not know.",
    ...until,
  },
];
