import type { AllowanceInput } from "fairlead";

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  {
    rule: "kube-score/container-resources",
    at: "services.*",
    reason:
      "CPU is requested and not limited: at a limit a pod is slowed down while its node idles. Memory is limited.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_11",
    at: "services.*",
    reason:
      "CPU is requested and not limited: at a limit a pod is slowed down while its node idles. Memory is limited.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_43",
    at: "services.*",
    reason:
      "Tags name exact versions; digests are the release's, which admission compares where an environment asks for it.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_35",
    at: "services.*",
    reason:
      "The programs read secrets from their environment: the values stand in Secrets alone, and nothing else runs in these pods.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.dashboard-api",
    reason:
      "In production a Rollout runs its pods, and says how many with the autoscaler; the Deployment only describes them.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/horizontalpodautoscaler-has-target",
    at: "services.dashboard-api",
    reason: "In production its target is the service's Rollout, a kind that kube-score does not know.",
    until: "2027-06-30",
  },
];
