import { defineEnvironments } from "fairlead";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { volumes } from "./volumes.ts";

// Labels that the Prometheus of the chart kube-prometheus-stack selects rules and monitors by.
const operator = { kind: "operator", labels: { release: "kube-prometheus-stack" } } as const;

export const environments = defineEnvironments(
  { services, volumes, routing },
  {
    local: {
      meets: ["NX-7", "AH-13"],
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
      services: {
        "hive-api": { scaling: { replicas: 1 }, env: { LOG_LEVEL: "debug" } },
        "session-manager": { env: { LOG_LEVEL: "debug" } },
        "model-gateway": { scaling: { replicas: 1 } },
      },
    },
    dev: {
      meets: ["NX-7", "AH-13"],
      stage: "dev",
      target: "kubernetes",
      size: "minimum",
      context: "agenthive-dev",
      links: {
        runbooks: "https://runbooks.dev.agenthive.example",
        grafana: "https://grafana.dev.agenthive.example",
        prometheus: "https://prometheus.dev.agenthive.example",
        alertmanager: "https://alertmanager.dev.agenthive.example",
      },
      // Dev clusters are made anew: nothing has brought the operator's CRDs yet.
      monitoring: { ...operator, installCrds: true },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // What would page goes to a channel of its own, where it can be seen and wakes nobody.
      receivers: {
        pagerduty: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-dev-pages",
        },
        secondary: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-dev-pages",
        },
        slack: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-dev",
        },
      },
      // With one pod of each an update still fits into the smallest size; how it scales is tried in staging.
      services: {
        "hive-api": { scaling: { replicas: 1 } },
        "session-manager": { env: { LOG_LEVEL: "debug" } },
        "spawn-manager": { env: { LOG_LEVEL: "debug" } },
        "model-gateway": { scaling: { replicas: 1 } },
      },
    },
    staging: {
      meets: ["NX-7", "AH-13"],
      stage: "staging",
      target: "kubernetes",
      size: "recommended",
      context: "agenthive-staging",
      links: {
        runbooks: "https://runbooks.staging.agenthive.example",
        grafana: "https://grafana.staging.agenthive.example",
        prometheus: "https://prometheus.staging.agenthive.example",
        alertmanager: "https://alertmanager.staging.agenthive.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "agenthive-staging-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      // The same integrations as in production, into a PagerDuty service of low urgency.
      receivers: {
        pagerduty: {
          kind: "pagerduty",
          routingKey: { secret: "agenthive-alerting", key: "pagerduty-low-urgency-key" },
        },
        secondary: {
          kind: "pagerduty",
          routingKey: { secret: "agenthive-alerting", key: "pagerduty-low-urgency-key" },
        },
        slack: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-staging",
        },
      },
      volumes: {
        workspaces: { size: "16Gi" },
        checkpoints: { size: "10Gi" },
        "postgres-data": { size: "10Gi" },
      },
      services: {
        "hive-api": { scaling: { min: 2, max: 4, cpu: "70%" } },
        "session-manager": { scaling: { replicas: 2 } },
        "resource-guardian": { scaling: { replicas: 2 } },
        "spawn-manager": { scaling: { replicas: 2 } },
        "model-gateway": { scaling: { min: 2, max: 4, cpu: "70%" } },
        "dashboard-web": { scaling: { replicas: 2 } },
      },
    },
    prod: {
      meets: ["NX-7", "AH-13"],
      stage: "prod",
      target: "kubernetes",
      size: "production",
      // All autoscalers at their maxima, every service in the middle of an update: 17.3 cores and 31.3 GB. The rest is for what a
      // person starts by hand, and for one more spawn manager (AH-12).
      quota: { cpu: "20000m", memory: "36Gi", storage: "100Gi" },
      context: "agenthive-prod",
      links: {
        runbooks: "https://runbooks.prod.agenthive.example",
        grafana: "https://grafana.prod.agenthive.example",
        prometheus: "https://prometheus.prod.agenthive.example",
        alertmanager: "https://alertmanager.prod.agenthive.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "agenthive-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      volumes: {
        workspaces: { size: "40Gi" },
        checkpoints: { size: "30Gi" },
        "postgres-data": { size: "20Gi" },
        "redis-data": { size: "2Gi" },
      },
      services: {
        "hive-api": {
          scaling: { min: 3, max: 6, cpu: "70%" },
          resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
        "session-manager": {
          scaling: { replicas: 2 },
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
        },
        "resource-guardian": {
          scaling: { replicas: 2 },
          resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        },
        "spawn-manager": {
          scaling: { replicas: 3 },
          resources: { requests: { cpu: "2000m", memory: "4Gi" }, limits: { memory: "6Gi" } },
        },
        "model-gateway": {
          scaling: { min: 2, max: 4, cpu: "70%" },
          resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
        },
        "dashboard-web": { scaling: { replicas: 2 } },
        postgres: {
          scaling: { replicas: 1 },
          resources: { requests: { cpu: "2000m", memory: "4Gi" }, limits: { memory: "6Gi" } },
        },
        redis: {
          scaling: { replicas: 1 },
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
      },
    },
  },
);
