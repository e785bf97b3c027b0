import { defineEnvironments } from "fairlead";
import {
  argoRollouts,
  k6Operator,
  kubePrometheusStack,
  openTelemetryCollector,
  tempo,
} from "fairlead/packs/helm-releases";
import { routing } from "./routing.ts";
import { services } from "./services.ts";

// Labels that the Prometheus of the chart kube-prometheus-stack selects rules and monitors by.
const operator = { kind: "operator", labels: { release: "kube-prometheus-stack" } } as const;

// What the clusters of staging and production have beside the platform. Traces go to the collector, which keeps them in Tempo.
const programs = {
  ...kubePrometheusStack(),
  ...tempo(),
  ...openTelemetryCollector({ after: ["tempo"], callers: ["gateway", "worker"] }),
  ...argoRollouts(),
};
const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://opentelemetry-collector.tracing:4318" };

export const environments = defineEnvironments(
  { services, routing },
  {
    local: {
      meets: ["PM-7"],
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
        gateway: { scaling: { replicas: 1 }, env: { LOG_LEVEL: "debug", OTEL_TRACES_SAMPLER_ARG: "1" } },
        worker: { scaling: { replicas: 1 }, env: { LOG_LEVEL: "debug", OTEL_TRACES_SAMPLER_ARG: "1" } },
      },
    },
    dev: {
      meets: ["PM-7"],
      stage: "dev",
      target: "kubernetes",
      size: "minimum",
      services: {
        gateway: { scaling: { replicas: 1 } },
        worker: { scaling: { min: 1, max: 2, cpu: "70%" } },
      },
      context: "production-dev",
      links: {
        runbooks: "https://runbooks.dev.production.example",
        grafana: "https://grafana.dev.production.example",
        prometheus: "https://prometheus.dev.production.example",
        alertmanager: "https://alertmanager.dev.production.example",
      },
      // Dev clusters are made anew: nothing has brought the operator's CRDs yet.
      monitoring: { ...operator, installCrds: true },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // What would page goes to a channel of its own, where it can be seen and wakes nobody.
      receivers: {
        pagerduty: {
          kind: "slack",
          webhook: { secret: "production-alerting", key: "slack-webhook" },
          channel: "#production-dev-pages",
        },
        secondary: {
          kind: "slack",
          webhook: { secret: "production-alerting", key: "slack-webhook" },
          channel: "#production-dev-pages",
        },
        slack: {
          kind: "slack",
          webhook: { secret: "production-alerting", key: "slack-webhook" },
          channel: "#production-dev",
        },
      },
    },
    staging: {
      meets: ["PM-7"],
      stage: "staging",
      target: "kubernetes",
      size: "recommended",
      context: "production-staging",
      links: {
        runbooks: "https://runbooks.staging.production.example",
        grafana: "https://grafana.staging.production.example",
        prometheus: "https://prometheus.staging.production.example",
        alertmanager: "https://alertmanager.staging.production.example",
      },
      monitoring: { ...operator, installCrds: false },
      // Load tests run here.
      helmReleases: { ...programs, ...k6Operator() },
      backend: { kind: "kubernetes", namespace: "terraform-state" },
      // Deployed from Git by Argo CD. Flux' objects stand beside its own, to be compared; they are not applied.
      gitops: {
        repository: "https://git.example/platforms/fairlead.git",
        revision: { branch: "main" },
        argocd: {},
        flux: { credentials: "platforms-repository" },
      },
      // The same integrations as in production, into a PagerDuty service of low urgency.
      receivers: {
        pagerduty: {
          kind: "pagerduty",
          routingKey: { secret: "production-alerting", key: "pagerduty-low-urgency-key" },
        },
        secondary: {
          kind: "pagerduty",
          routingKey: { secret: "production-alerting", key: "pagerduty-low-urgency-key" },
        },
        slack: {
          kind: "slack",
          webhook: { secret: "production-alerting", key: "slack-webhook" },
          channel: "#production-staging",
        },
      },
      // As in production two of each at least, so that a drained node interrupts nobody.
      services: {
        gateway: { env: traced, scaling: { min: 2, max: 4, cpu: "70%" } },
        worker: { env: traced, scaling: { min: 2, max: 6, cpu: "70%" } },
      },
    },
    prod: {
      meets: ["PM-7"],
      stage: "prod",
      target: "kubernetes",
      size: "production",
      // Both autoscalers at their maxima, in the middle of an update: 22 cores and 47.2 GB.
      quota: { cpu: "24000m", memory: "48Gi", storage: "100Gi" },
      context: "production-prod",
      links: {
        runbooks: "https://runbooks.prod.production.example",
        grafana: "https://grafana.prod.production.example",
        prometheus: "https://prometheus.prod.production.example",
        alertmanager: "https://alertmanager.prod.production.example",
      },
      monitoring: { ...operator, installCrds: false },
      helmReleases: programs,
      backend: {
        kind: "s3",
        bucket: "production-prod-state",
        region: "eu-central-1",
        lockTable: "terraform-locks",
      },
      services: {
        gateway: {
          env: traced,
          scaling: { min: 3, max: 12, cpu: "70%" },
          resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } },
        },
        worker: {
          env: traced,
          scaling: { min: 3, max: 12, cpu: "70%" },
          resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { memory: "4Gi" } },
        },
        postgresql: {
          resources: { requests: { cpu: "2000m", memory: "4Gi" }, limits: { memory: "8Gi" } },
        },
        redis: { resources: { requests: { cpu: "500m", memory: "1Gi" }, limits: { memory: "2Gi" } } },
      },
    },
  },
);
