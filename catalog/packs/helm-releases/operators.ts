import { ready } from "./release.ts";

/** Progressive delivery: Rollouts and analyses. The definitions stay when the release goes. */
export const argoRollouts = ready("argo-rollouts", {
  title: "Argo Rollouts",
  repository: "https://argoproj.github.io/argo-helm",
  chart: "argo-rollouts",
  version: "2.41.1",
  namespace: "argo-rollouts",
  podSecurity: "restricted",
  kinds: ["argoproj.io"],
  values: { installCRDs: true, keepCRDs: true, controller: { replicas: 2 }, dashboard: { enabled: false } },
});

/** Runs the load tests that `fairlead load --kubernetes` prints. */
export const k6Operator = ready("k6-operator", {
  title: "k6's operator",
  repository: "https://grafana.github.io/helm-charts",
  chart: "k6-operator",
  version: "3.14.3",
  namespace: "k6-operator",
  kinds: ["k6.io"],
  // The foundation makes the namespace.
  values: { installCRDs: true, namespace: { create: false } },
});

/** Fetches Secrets from a store outside of the cluster: `secrets: { NAME: { kind: "external", … } }`. */
export const externalSecrets = ready("external-secrets", {
  title: "External Secrets",
  repository: "https://charts.external-secrets.io",
  chart: "external-secrets",
  version: "1.3.1",
  namespace: "external-secrets",
  podSecurity: "restricted",
  kinds: ["external-secrets.io", "generators.external-secrets.io"],
  values: {
    installCRDs: true,
    replicaCount: 2,
    leaderElect: true,
    resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    podDisruptionBudget: { enabled: true, minAvailable: 1 },
  },
});
