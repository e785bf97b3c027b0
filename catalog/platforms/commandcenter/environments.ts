import { defineEnvironments } from "fairlead";
import { routing } from "./routing.ts";
import { services } from "./services.ts";
import { volumes } from "./volumes.ts";

// Prometheus, Alertmanager and Grafana are services of the platform itself: they stand in its own namespace and read files.
const ownMonitoring = (environment: string) =>
  ({
    kind: "plain",
    namespace: `commandcenter-${environment}`,
    alertmanager: "http://alertmanager:9093",
  }) as const;

const linksOf = (environment: string) => ({
  runbooks: `https://runbooks.${environment}.commandcenter.example`,
  grafana: `https://grafana.${environment}.commandcenter.example`,
  prometheus: `https://prometheus.${environment}.commandcenter.example`,
  alertmanager: `https://alertmanager.${environment}.commandcenter.example`,
});

// What fits into the smallest size with a second pod of each during an update.
const small = {
  api: { scaling: { replicas: 1 }, env: { LOG_LEVEL: "debug" } },
  orchestrator: {
    resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
    env: { LOG_LEVEL: "debug" },
  },
} as const;

export const environments = defineEnvironments(
  { services, volumes, routing },
  {
    local: {
      meets: ["NX-7"],
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
      monitoring: { kind: "plain", namespace: "commandcenter-local" },
      backend: { kind: "local" },
      // A laptop wakes nobody.
      receivers: {
        "on-call": { kind: "webhook", url: "http://127.0.0.1:9095/on-call" },
        secondary: { kind: "webhook", url: "http://127.0.0.1:9095/secondary" },
        slack: { kind: "webhook", url: "http://127.0.0.1:9095/slack" },
        heartbeat: { kind: "webhook", url: "http://127.0.0.1:9095/heartbeat" },
      },
      services: small,
    },
    dev: {
      meets: ["NX-7"],
      stage: "dev",
      target: "kubernetes",
      size: "minimum",
      context: "commandcenter-dev",
      links: linksOf("dev"),
      monitoring: ownMonitoring("dev"),
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // What would wake somebody goes to a channel of its own, where it can be seen and wakes nobody.
      receivers: {
        "on-call": {
          kind: "slack",
          webhook: { secret: "commandcenter-alerting", key: "slack-webhook" },
          channel: "#commandcenter-dev-pages",
        },
        secondary: {
          kind: "slack",
          webhook: { secret: "commandcenter-alerting", key: "slack-webhook" },
          channel: "#commandcenter-dev-pages",
        },
        slack: {
          kind: "slack",
          webhook: { secret: "commandcenter-alerting", key: "slack-webhook" },
          channel: "#commandcenter-dev",
        },
      },
      services: small,
    },
    staging: {
      meets: ["NX-7"],
      stage: "staging",
      target: "kubernetes",
      size: "recommended",
      context: "commandcenter-staging",
      links: linksOf("staging"),
      monitoring: ownMonitoring("staging"),
      backend: {
        kind: "s3",
        bucket: "commandcenter-staging-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      // The same kinds as in production; the address behind the Secret is a schedule of low urgency.
      receivers: {
        slack: {
          kind: "slack",
          webhook: { secret: "commandcenter-alerting", key: "slack-webhook" },
          channel: "#commandcenter-staging",
        },
      },
      services: {
        api: { scaling: { min: 2, max: 4, cpu: "70%" } },
        orchestrator: { scaling: { replicas: 2 } },
      },
    },
    prod: {
      meets: ["NX-7"],
      stage: "prod",
      target: "kubernetes",
      size: "production",
      context: "commandcenter-prod",
      links: linksOf("prod"),
      monitoring: ownMonitoring("prod"),
      backend: {
        kind: "s3",
        bucket: "commandcenter-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      volumes: {
        "postgres-data": { size: "40Gi" },
        "nats-data": { size: "10Gi" },
        "trace-data": { size: "20Gi" },
      },
      services: {
        api: {
          scaling: { min: 3, max: 7, cpu: "70%" },
          resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
        orchestrator: {
          scaling: { replicas: 3 },
          resources: { requests: { cpu: "1500m", memory: "4Gi" }, limits: { memory: "6Gi" } },
        },
        nats: { resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } } },
        postgres: { resources: { requests: { cpu: "2000m", memory: "2Gi" }, limits: { memory: "4Gi" } } },
        "otel-collector": {
          resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
        "trace-store": {
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
        },
        prometheus: { resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { memory: "4Gi" } } },
      },
    },
  },
);
