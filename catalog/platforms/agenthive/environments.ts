import { defineEnvironments } from "fairlead";
import { routing } from "./routing.ts";
import { services } from "./services.ts";

// Labels that the Prometheus of the chart kube-prometheus-stack selects rules and monitors by.
const operator = { kind: "operator", labels: { release: "kube-prometheus-stack" } } as const;

export const environments = defineEnvironments(
  { services, routing },
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
        slack: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-dev",
        },
      },
      services: {
        "session-manager": { env: { LOG_LEVEL: "debug" } },
        "spawn-manager": { env: { LOG_LEVEL: "debug" } },
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
      monitoring: { ...operator, installCrds: false },
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
        slack: {
          kind: "slack",
          webhook: { secret: "agenthive-alerting", key: "slack-webhook" },
          channel: "#agenthive-staging",
        },
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
      context: "agenthive-prod",
      links: {
        runbooks: "https://runbooks.prod.agenthive.example",
        grafana: "https://grafana.prod.agenthive.example",
        prometheus: "https://prometheus.prod.agenthive.example",
        alertmanager: "https://alertmanager.prod.agenthive.example",
      },
      monitoring: { ...operator, installCrds: false },
      backend: {
        kind: "s3",
        bucket: "agenthive-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      // At the autoscalers' maxima: 13.8 cores and 24.8 GB, which leaves room in the quota for the pods of a roll-out.
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
