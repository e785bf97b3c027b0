import { defineEnvironments } from "fairlead";
import { routing } from "./routing.ts";
import { services } from "./services.ts";

// Labels that the Prometheus of the chart kube-prometheus-stack selects rules and monitors by.
const operator = { kind: "operator", labels: { release: "kube-prometheus-stack" } } as const;

export const environments = defineEnvironments(
  { services, routing },
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
        slack: { kind: "webhook", url: "http://127.0.0.1:9095/slack" },
        heartbeat: { kind: "webhook", url: "http://127.0.0.1:9095/heartbeat" },
      },
      services: {
        "multi-agent-coordinator": { scaling: { min: 1, max: 2, cpu: "70%" }, env: { LOG_LEVEL: "debug" } },
      },
    },
    dev: {
      meets: ["NX-7"],
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
        slack: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-dev",
        },
      },
    },
    staging: {
      meets: ["NX-7"],
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
        slack: {
          kind: "slack",
          webhook: { secret: "nexus-alerting", key: "slack-webhook" },
          channel: "#nexus-staging",
        },
      },
    },
    prod: {
      meets: ["NX-7"],
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
      services: {
        "multi-agent-coordinator": {
          scaling: { min: 3, max: 12, cpu: "70%" },
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
        },
        redis: { resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } } },
      },
    },
  },
);
