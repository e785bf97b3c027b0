import type { AllowanceInput } from "fairlead";
import { everyService, officialStore } from "fairlead/packs/hardening";

const until = { until: "2027-06-30" };

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  ...everyService(until),
  ...officialStore("postgres", until),
  ...officialStore("redis", until),
];
