import { type Choice, chosen, type Ready } from "./release.ts";

/** Progressive delivery: Rollouts and analyses. The definitions stay when the release goes. */
export function argoRollouts<S extends string = never>(choice: Choice<S> = {}) {
  const ready: Ready = {
    title: "Argo Rollouts",
    repository: "https://argoproj.github.io/argo-helm",
    chart: "argo-rollouts",
    version: "2.41.1",
    namespace: "argo-rollouts",
    podSecurity: "restricted",
    kinds: ["argoproj.io"],
    values: { installCRDs: true, keepCRDs: true, controller: { replicas: 2 }, dashboard: { enabled: false } },
  };
  return { "argo-rollouts": chosen(ready, choice) };
}

/** Runs the load tests that `fairlead load --kubernetes` prints. */
export function k6Operator<S extends string = never>(choice: Choice<S> = {}) {
  const ready: Ready = {
    title: "k6's operator",
    repository: "https://grafana.github.io/helm-charts",
    chart: "k6-operator",
    version: "3.14.3",
    namespace: "k6-operator",
    kinds: ["k6.io"],
    // The foundation makes the namespace.
    values: { installCRDs: true, namespace: { create: false } },
  };
  return { "k6-operator": chosen(ready, choice) };
}

/** Fetches Secrets from a store outside of the cluster: `secrets: { NAME: { kind: "external", … } }`. */
export function externalSecrets<S extends string = never>(choice: Choice<S> = {}) {
  const ready: Ready = {
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
  };
  return { "external-secrets": chosen(ready, choice) };
}
