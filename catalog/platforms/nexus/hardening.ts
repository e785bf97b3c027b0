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
    rule: "kube-score/container-security-context-user-group-id",
    at: "services.redis",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_40",
    at: "services.redis",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.redis",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.redis",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.redis",
    reason:
      "Whether it answers on its port is all that both ask; it counts as dead only after more failures.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/container-security-context-user-group-id",
    at: "services.postgres",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_40",
    at: "services.postgres",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.postgres",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.postgres",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.postgres",
    reason:
      "Whether it answers on its port is all that both ask; it counts as dead only after more failures.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.housekeeper",
    reason: "It does what is done by the clock: two of them would do it twice.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.redis-exporter",
    reason: "While it is away only its own figures are missing, and an alert tells of it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.redis-exporter",
    reason: "Its one address answers for the exporter itself, whether the database does or not.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.postgres-exporter",
    reason: "While it is away only its own figures are missing, and an alert tells of it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.postgres-exporter",
    reason: "Its one address answers for the exporter itself, whether the database does or not.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.multi-agent-coordinator",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.adaptive-learning-engine",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.production-optimizer",
    reason: "At the edge there is one machine: a second pod would go down with the first.",
    until: "2027-06-30",
  },
];
