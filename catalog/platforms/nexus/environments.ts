import { defineEnvironments } from "fairlead";
import { routing } from "./routing.ts";
import { services } from "./services.ts";

// Labels that the Prometheus of the chart kube-prometheus-stack selects rules and monitors by.
const operator = { kind: "operator", labels: { release: "kube-prometheus-stack" } } as const;

// 4 cores and 8 GB (NX-7) hold one pod of each service, one more of each at the autoscalers' maxima, and one more during a rollout.
const small = {
  "multi-agent-coordinator": { scaling: { min: 1, max: 2, cpu: "70%" } },
  "adaptive-learning-engine": { scaling: { min: 1, max: 2, cpu: "70%" } },
  "production-optimizer": { scaling: { min: 1, max: 2, cpu: "70%" } },
} as const;
const smallAndTalkative = {
  "multi-agent-coordinator": { ...small["multi-agent-coordinator"], env: { LOG_LEVEL: "debug" } },
  "adaptive-learning-engine": { ...small["adaptive-learning-engine"], env: { LOG_LEVEL: "debug" } },
  "production-optimizer": { ...small["production-optimizer"], env: { LOG_LEVEL: "debug" } },
} as const;

// 16 cores and 32 GB (NX-7): at the autoscalers' maxima the services ask for 12.8 cores and 26.6 GB; the rest is for rollouts. Pods
// keep their usual size, at which NX-3 was observed; there are more of them.
const large = {
  "multi-agent-coordinator": { scaling: { min: 3, max: 12, cpu: "70%" } },
  "adaptive-learning-engine": { scaling: { min: 3, max: 9, cpu: "70%" } },
  "production-optimizer": { scaling: { min: 3, max: 9, cpu: "70%" } },
  redis: { resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } } },
  postgres: { resources: { requests: { cpu: "2000m", memory: "4Gi" }, limits: { memory: "6Gi" } } },
} as const;

// 96.7 of 100 GB (NX-7). Where 35 copies no longer fit into 30 GiB, BackupOverdue tells.
const largeVolumes = {
  "redis-data": { size: "10Gi" },
  "postgres-data": { size: "50Gi" },
  backups: { size: "30Gi" },
} as const;

export const environments = defineEnvironments(
  { services, routing },
  {
    local: {
      meets: ["NX-6", "NX-7"],
      stage: "local",
      target: "local",
      size: "minimum",
      context: "local",
      links: {
        runbooks: "http://127.0.0.1:8088",
        grafana: "http://127.0.0.1:3000",
        prometheus: "http://127.0.0.1:9090",
        alertmanager: "http://127.0.0.1:9093",
      },
      monitoring: { kind: "plain" },
      backend: { kind: "local" },
      // A laptop pages nobody.
      receivers: {
        pagerduty: { kind: "webhook", url: "http://127.0.0.1:9095/pagerduty" },
        secondary: { kind: "webhook", url: "http://127.0.0.1:9095/secondary" },
        slack: { kind: "webhook", url: "http://127.0.0.1:9095/slack" },
        heartbeat: { kind: "webhook", url: "http://127.0.0.1:9095/heartbeat" },
      },
      services: smallAndTalkative,
    },
    dev: {
      meets: ["NX-6", "NX-7"],
      stage: "dev",
      target: "kubernetes",
      size: "minimum",
      context: "nexus-dev",
      links: {
        runbooks: "https://runbooks.dev.nexus.example",
        grafana: "https://grafana.dev.nexus.example",
        prometheus: "https://prometheus.dev.nexus.example",
        alertmanager: "https://alertmanager.dev.nexus.example",
      },
      // Dev clusters are made anew: nothing has brought the operator's CRDs yet.
      monitoring: { ...operator, installCrds: true },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // What would page goes to a channel of its own, where it can be seen and wakes nobody.
      receivers: {
        pagerduty: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-dev-pages",
        },
        secondary: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-dev-pages",
        },
        slack: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-dev",
        },
      },
      services: smallAndTalkative,
    },
    staging: {
      meets: ["NX-6", "NX-7"],
      stage: "staging",
      target: "kubernetes",
      size: "recommended",
      context: "nexus-staging",
      links: {
        runbooks: "https://runbooks.staging.nexus.example",
        grafana: "https://grafana.staging.nexus.example",
        prometheus: "https://prometheus.staging.nexus.example",
        alertmanager: "https://alertmanager.staging.nexus.example",
      },
      monitoring: operator,
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // The same integrations as in production, into a PagerDuty service of low urgency.
      receivers: {
        pagerduty: {
          kind: "pagerduty",
          routingKey: { secret: "nexus-alerting", key: "pagerduty-low-urgency-key" },
        },
        secondary: {
          kind: "pagerduty",
          routingKey: { secret: "nexus-alerting", key: "pagerduty-low-urgency-key" },
        },
        slack: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-staging",
        },
      },
    },
    // Edge (NX-6): one pod of each on one small machine beside what it serves. The load is a tenth, and so is what the pods ask for.
    edge: {
      meets: ["NX-6", "NX-7"],
      stage: "prod",
      target: "edge",
      size: "minimum",
      context: "nexus-edge",
      links: {
        runbooks: "https://runbooks.edge.nexus.example",
        grafana: "https://grafana.edge.nexus.example",
        prometheus: "https://prometheus.edge.nexus.example",
        alertmanager: "https://alertmanager.edge.nexus.example",
      },
      // Prometheus without the operator: less to run on a small machine.
      monitoring: { kind: "plain" },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      services: {
        "multi-agent-coordinator": {
          scaling: { replicas: 1 },
          resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        },
        "adaptive-learning-engine": {
          scaling: { replicas: 1 },
          resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
        "production-optimizer": {
          scaling: { replicas: 1 },
          resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        },
        redis: { resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "1Gi" } } },
        postgres: { resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "1Gi" } } },
      },
    },
    // Hybrid (NX-6): two clusters behind one gateway, one in the own data centre and one at a cloud provider. Each is complete and has
    // its own stores: agents belong to one of them, and either carries on when the other, or the way between them, is down.
    "hybrid-cloud": {
      meets: ["NX-6", "NX-7"],
      stage: "prod",
      target: "hybrid",
      size: "production",
      context: "nexus-hybrid-cloud",
      links: {
        runbooks: "https://runbooks.cloud.nexus.example",
        grafana: "https://grafana.cloud.nexus.example",
        prometheus: "https://prometheus.cloud.nexus.example",
        alertmanager: "https://alertmanager.cloud.nexus.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "nexus-hybrid-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      services: large,
      volumes: largeVolumes,
    },
    "hybrid-onprem": {
      meets: ["NX-6", "NX-7"],
      stage: "prod",
      target: "hybrid",
      size: "production",
      context: "nexus-hybrid-onprem",
      links: {
        runbooks: "https://runbooks.onprem.nexus.example",
        grafana: "https://grafana.onprem.nexus.example",
        prometheus: "https://prometheus.onprem.nexus.example",
        alertmanager: "https://alertmanager.onprem.nexus.example",
      },
      monitoring: operator,
      // No cloud in the data centre's way: the cluster keeps its own state.
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      services: large,
      volumes: largeVolumes,
    },
    prod: {
      meets: ["NX-6", "NX-7"],
      stage: "prod",
      target: "kubernetes",
      size: "production",
      context: "nexus-prod",
      links: {
        runbooks: "https://runbooks.prod.nexus.example",
        grafana: "https://grafana.prod.nexus.example",
        prometheus: "https://prometheus.prod.nexus.example",
        alertmanager: "https://alertmanager.prod.nexus.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "nexus-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      services: large,
      volumes: largeVolumes,
    },
  },
);
