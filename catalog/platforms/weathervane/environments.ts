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
        autopilot: {
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
          env: { LOG_LEVEL: "debug" },
        },
        "dashboard-api": { scaling: { replicas: 1 }, env: { LOG_LEVEL: "debug" } },
        "mcp-server": {
          resources: { requests: { cpu: "250m", memory: "512Mi" }, limits: { memory: "1Gi" } },
        },
      },
    },
    dev: {
      meets: ["NX-7"],
      stage: "dev",
      target: "kubernetes",
      size: "minimum",
      context: "weathervane-dev",
      links: {
        runbooks: "https://runbooks.dev.weathervane.example",
        grafana: "https://grafana.dev.weathervane.example",
        prometheus: "https://prometheus.dev.weathervane.example",
        alertmanager: "https://alertmanager.dev.weathervane.example",
      },
      // Dev clusters are made anew: nothing has brought the operator's CRDs yet.
      monitoring: { ...operator, installCrds: true },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // What would page goes to a channel of its own, where it can be seen and wakes nobody.
      receivers: {
        pagerduty: {
          kind: "slack",
          webhook: { secret: "weathervane-alerting", key: "slack-webhook" },
          channel: "#weathervane-dev-pages",
        },
        secondary: {
          kind: "slack",
          webhook: { secret: "weathervane-alerting", key: "slack-webhook" },
          channel: "#weathervane-dev-pages",
        },
        slack: {
          kind: "slack",
          webhook: { secret: "weathervane-alerting", key: "slack-webhook" },
          channel: "#weathervane-dev",
        },
      },
      // With one pod of each an update still fits into the smallest size; how it scales is tried in staging.
      services: {
        autopilot: { env: { LOG_LEVEL: "debug" } },
        "dashboard-api": { scaling: { replicas: 1 } },
      },
    },
    staging: {
      meets: ["NX-7"],
      stage: "staging",
      target: "kubernetes",
      size: "recommended",
      context: "weathervane-staging",
      links: {
        runbooks: "https://runbooks.staging.weathervane.example",
        grafana: "https://grafana.staging.weathervane.example",
        prometheus: "https://prometheus.staging.weathervane.example",
        alertmanager: "https://alertmanager.staging.weathervane.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "weathervane-staging-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      // The same integrations as in production, into a PagerDuty service of low urgency.
      receivers: {
        pagerduty: {
          kind: "pagerduty",
          routingKey: { secret: "weathervane-alerting", key: "pagerduty-low-urgency-key" },
        },
        secondary: {
          kind: "pagerduty",
          routingKey: { secret: "weathervane-alerting", key: "pagerduty-low-urgency-key" },
        },
        slack: {
          kind: "slack",
          webhook: { secret: "weathervane-alerting", key: "slack-webhook" },
          channel: "#weathervane-staging",
        },
      },
      services: {
        autopilot: {
          scaling: { replicas: 2 },
          resources: { requests: { cpu: "1500m", memory: "3Gi" }, limits: { memory: "4Gi" } },
        },
        "dashboard-api": { scaling: { min: 2, max: 4, cpu: "70%" } },
        "dashboard-web": { scaling: { replicas: 2 } },
        "mcp-server": { scaling: { replicas: 2 } },
      },
    },
    prod: {
      meets: ["NX-7"],
      stage: "prod",
      target: "kubernetes",
      size: "production",
      // All autoscalers at their maxima, every service in the middle of an update, the dashboard API with both releases at full size:
      // 29.4 cores and 62.7 GB. The rest is for what a person starts by hand.
      quota: { cpu: "32000m", memory: "64Gi", storage: "150Gi" },
      // 1 % of the requests of three pods is less than a pod: the sidecars of the callers divide them.
      canaries: { controller: "argo-rollouts", router: { kind: "istio" } },
      context: "weathervane-prod",
      links: {
        runbooks: "https://runbooks.prod.weathervane.example",
        grafana: "https://grafana.prod.weathervane.example",
        prometheus: "https://prometheus.prod.weathervane.example",
        alertmanager: "https://alertmanager.prod.weathervane.example",
      },
      monitoring: operator,
      backend: {
        kind: "s3",
        bucket: "weathervane-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      volumes: { evidence: { size: "120Gi" } },
      services: {
        autopilot: {
          scaling: { replicas: 3 },
          resources: { requests: { cpu: "2000m", memory: "4Gi" }, limits: { memory: "6Gi" } },
        },
        "dashboard-api": {
          scaling: { min: 3, max: 12, cpu: "70%" },
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
        },
        "dashboard-web": { scaling: { min: 2, max: 6, cpu: "70%" } },
        "mcp-server": {
          scaling: { min: 2, max: 8, cpu: "70%" },
          resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { memory: "3Gi" } },
        },
      },
    },
  },
);
