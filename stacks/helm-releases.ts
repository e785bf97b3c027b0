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
  const { helmReleases } = layer.site.environment;
  if (helmReleases.length === 0) return;
  new HelmProvider(layer, "helm", { kubernetes: { configContext: layer.site.environment.context } });
  layer.pinProvider("helm");
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
  const { stage } = layer.site.environment;
  return new Release(layer, name, {
    ...{ name, repository, chart, version, namespace },
    values: [values],
    createNamespace: !release.createNamespace,
    timeout: timeoutSeconds,
    ...CAREFUL,
    // With it go the data or the kinds of others. A dev cluster is thrown away as a whole.
    lifecycle: { preventDestroy: stage !== "local" && stage !== "dev" },
    dependsOn,
  });
}

// `lint` holds the values to the schema that the chart brings, while it is planned.
const CAREFUL = { atomic: true, cleanupOnFail: true, waitForJobs: true, maxHistory: 10, lint: true } as const;
