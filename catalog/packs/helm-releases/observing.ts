// What watches a cluster: one of each for all platforms in it.
import { ready } from "./release.ts";

// What the Pod Security Standard "restricted" asks of a pod and of its containers.
const RESTRICTED = {
  podSecurityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: "RuntimeDefault" } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
} as const;

/**
 * Prometheus by its operator, Alertmanager, Grafana, exporters of nodes and of Kubernetes' state. Rules, monitors and dashboards of every
 * namespace are taken: those of platforms come with `monitoring: { kind: "operator" }`.
 */
export const kubePrometheusStack = ready("kube-prometheus-stack", {
  title: "Prometheus, Alertmanager and Grafana",
  repository: "https://prometheus-community.github.io/helm-charts",
  chart: "kube-prometheus-stack",
  version: "88.1.3",
  namespace: "monitoring",
  // The exporter of nodes looks at the node itself.
  podSecurity: "privileged",
  kinds: ["monitoring.coreos.com"],
  values: {
    prometheus: {
      prometheusSpec: {
        ruleSelectorNilUsesHelmValues: false,
        serviceMonitorSelectorNilUsesHelmValues: false,
        podMonitorSelectorNilUsesHelmValues: false,
        retention: "15d",
      },
    },
    alertmanager: {
      alertmanagerSpec: { alertmanagerConfigSelector: {}, alertmanagerConfigNamespaceSelector: {} },
    },
    grafana: {
      sidecar: { dashboards: { enabled: true, label: "grafana_dashboard", searchNamespace: "ALL" } },
    },
  },
});

/** Takes traces by OTLP (4317 gRPC, 4318 HTTP) and hands them on to Tempo, unless `values` name another place. */
export const openTelemetryCollector = ready("opentelemetry-collector", {
  title: "OpenTelemetry collector",
  repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
  chart: "opentelemetry-collector",
  version: "0.158.3",
  namespace: "tracing",
  podSecurity: "restricted",
  ports: [4317, 4318],
  values: {
    mode: "deployment",
    replicaCount: 2,
    image: { repository: "otel/opentelemetry-collector-k8s" },
    resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    ...RESTRICTED,
    config: {
      exporters: { otlp: { endpoint: "tempo.tracing:4317", tls: { insecure: true } } },
      service: { pipelines: { traces: { receivers: ["otlp"], exporters: ["otlp"] } } },
    },
  },
});

/** Keeps traces for a week on a volume of its own. */
export const tempo = ready("tempo", {
  title: "Tempo, the store of traces",
  repository: "https://grafana.github.io/helm-charts",
  chart: "tempo",
  version: "1.24.4",
  namespace: "tracing",
  podSecurity: "restricted",
  values: {
    tempo: {
      reportingEnabled: false,
      retention: "168h",
      resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "2Gi" } },
      securityContext: RESTRICTED.securityContext,
    },
    securityContext: {
      ...RESTRICTED.podSecurityContext,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
    },
    persistence: { enabled: true, size: "20Gi" },
  },
});
