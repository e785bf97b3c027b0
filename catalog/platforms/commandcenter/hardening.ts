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
    rule: "kube-score/deployment-replicas",
    at: "services.nats",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.nats",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.prometheus",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.prometheus",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_38",
    at: "services.prometheus",
    reason: "It asks the Kubernetes API which pods there are to scrape, and may ask it nothing else.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.alertmanager",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.alertmanager",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.trace-store",
    reason: "It keeps its data on one volume: a second pod would not share it but damage it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-strategy",
    at: "services.trace-store",
    reason: "Its volume is of one node: the old pod lets go of it before the new one comes.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.trace-store",
    reason: "Its one address tells that it takes and answers; it stands on nothing but its own volume.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.otel-collector",
    reason: "While it is away traces are missing, and nothing else: programs do not wait for it.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.otel-collector",
    reason: "Its health extension tells of the collector itself, not of where it exports to.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/container-security-context-user-group-id",
    at: "services.grafana",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "checkov/CKV_K8S_40",
    at: "services.grafana",
    reason:
      "The user of the official image, to whom its files belong; without privileges, and in a namespace of its own.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.grafana",
    reason: "It keeps sessions in a database of its own inside of the pod; dashboards come from files.",
    until: "2027-06-30",
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.grafana",
    reason: "Its one health address asks its own database only, and none of its data sources.",
    until: "2027-06-30",
  },
];
