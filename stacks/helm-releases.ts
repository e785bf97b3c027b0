import { HelmProvider } from "@cdktf/provider-helm/lib/provider/index.js";
import { Release } from "@cdktf/provider-helm/lib/release/index.js";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1/index.js";
import type { HelmRelease } from "../model/helm-releases.ts";
import { inOrder } from "../model/in-order.ts";
import type { Layer } from "./layer.ts";
import { namespaceMetadata } from "./metadata.ts";

/**
 * Third-party programs, each by its chart, in a namespace of its own, after those that it waits for. A release whose pods do not get ready in
 * time is rolled back, or taken away where it is new.
 */
export function addHelmReleases(layer: Layer): void {
  const { helmReleases, monitoring } = layer.site.environment;
  const installsCrds = monitoring.kind === "operator" && monitoring.installCrds;
  if (helmReleases.length === 0 && !installsCrds) return;
  new HelmProvider(layer, "helm", { kubernetes: { configContext: layer.site.environment.context } });
  layer.pinProvider("helm");
  if (installsCrds) addMonitoringCrds(layer, monitoring.namespace);
  const standing = new Map<string, Release>();
  const namespaces = new Map<string, NamespaceV1>();
  for (const release of inOrder(helmReleases, (one) => one)) {
    const before = release.after.flatMap((name) => standing.get(name) ?? []);
    const namespace = namespaces.get(release.namespace) ?? addNamespace(layer, release);
    if (namespace) namespaces.set(release.namespace, namespace);
    const after = namespace ? [namespace, ...before] : before;
    standing.set(release.name, addRelease(layer, release, after));
  }
}

function addNamespace(layer: Layer, release: HelmRelease): NamespaceV1 | undefined {
  if (!release.createNamespace) return undefined;
  const { namespace, podSecurity } = release;
  return new NamespaceV1(layer, `namespace_${namespace}`, {
    metadata: namespaceMetadata(layer.site, namespace, podSecurity),
    lifecycle: { preventDestroy: layer.site.environment.stage === "prod" },
  });
}

function addRelease(layer: Layer, release: HelmRelease, dependsOn: (NamespaceV1 | Release)[]): Release {
  const { name, repository, chart, version, namespace, values, timeoutSeconds } = release;
  return new Release(layer, name, {
    ...{ name, repository, chart, version, namespace },
    values: [values],
    timeout: timeoutSeconds,
    ...CAREFUL,
    // With it go the data or the kinds of others.
    lifecycle: { preventDestroy: layer.site.environment.stage === "prod" },
    dependsOn,
  });
}

const CAREFUL = { atomic: true, cleanupOnFail: true, waitForJobs: true, maxHistory: 10 } as const;

/**
 * The Prometheus operator's custom resource definitions, from the chart that its community publishes for them alone. The
 * observability layer needs them before it can even be planned (docs/decisions/0012-operator-crds-by-chart.md).
 */
function addMonitoringCrds(layer: Layer, namespace: string): void {
  const { stage } = layer.site.environment;
  new Release(layer, "prometheus-operator-crds", {
    name: "prometheus-operator-crds",
    repository: "https://prometheus-community.github.io/helm-charts",
    chart: "prometheus-operator-crds",
    version: "28.0.1",
    namespace,
    createNamespace: true,
    atomic: true,
    // Without them the rules of everyone in the cluster are gone. A dev cluster is thrown away as a whole.
    lifecycle: { preventDestroy: stage !== "local" && stage !== "dev" },
  });
}
