import type { AllowanceInput } from "fairlead";
import { everyService, officialImage, officialStore, oneVolume } from "fairlead/packs/hardening";

const until = { until: "2027-06-30" };

/** What kube-score and checkov find in the objects that are deployed, and is meant to be so. */
export const hardening: AllowanceInput[] = [
  ...everyService(until),
  ...officialStore("postgres", until),
  ...officialStore("redis", until),
  ...oneVolume("nats", until),
  ...oneVolume("prometheus", until),
  {
    rule: "checkov/CKV_K8S_38",
    at: "services.prometheus",
    reason: "It asks the Kubernetes API which pods there are to scrape, and may ask it nothing else.",
    ...until,
  },
  ...oneVolume("alertmanager", until),
  ...oneVolume("trace-store", until),
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.trace-store",
    reason: "Its one address tells that it takes and answers; it stands on nothing but its own volume.",
    ...until,
  },
  {
    rule: "kube-score/deployment-replicas",
    at: "services.otel-collector",
    reason: "While it is away traces are missing, and nothing else: programs do not wait for it.",
    ...until,
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.otel-collector",
    reason: "Its health extension tells of the collector itself, not of where it exports to.",
    ...until,
  },
  ...officialImage("grafana", until),
  {
    rule: "kube-score/deployment-replicas",
    at: "services.grafana",
    reason: "It keeps sessions in a database of its own inside of the pod; dashboards come from files.",
    ...until,
  },
  {
    rule: "kube-score/pod-probes-identical",
    at: "services.grafana",
    reason: "Its one health address asks its own database only, and none of its data sources.",
    ...until,
  },
];
