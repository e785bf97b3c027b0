import type { GitopsSpec } from "../../catalog/gitops.ts";
import type { Chart } from "./chart.ts";
import { annotated, kustomization, type ManifestFile, manifest } from "./kustomization.ts";
import { hasObjects, isWorkload, type RenderedLayer, type RenderedPlace } from "./rendered-place.ts";

type Flux = NonNullable<GitopsSpec["flux"]>;

/** Of the API server's Deployments a rollout may take ten minutes, as Terraform gives it. */
const TIMEOUT = "15m";

/**
 * Flux' objects for a place: where the repository is, and a Kustomization for each layer and for its charts, each after those that it waits for. `flux/` is
 * what is applied once; `flux/synced/` is what the Kustomizations read.
 */
export function fluxFiles(place: RenderedPlace, gitops: GitopsSpec, flux: Flux): ManifestFile[] {
  const files = [
    manifest("flux/git-repository.yaml", repositoryOf(place, gitops, flux)),
    ...place.layers.flatMap((layer) => [
      ...(hasObjects(layer)
        ? [manifest(`flux/${layer.name}.yaml`, kustomizationOf(place, { layer, part: layer.name, flux }))]
        : []),
      ...(layer.charts.length > 0
        ? [
            manifest(
              `flux/${layer.name}-charts.yaml`,
              kustomizationOf(place, { layer, part: chartsOf(layer), flux }),
            ),
          ]
        : []),
    ]),
  ];
  const resources = files.map(({ path }) => path.slice("flux/".length));
  return [
    kustomization("flux", { resources }),
    ...files,
    ...place.layers.flatMap((layer) => [...syncedFiles(layer), ...chartFiles(place, layer, flux)]),
  ];
}

function chartsOf({ name }: RenderedLayer): string {
  return `${name}-charts`;
}

function repositoryOf(place: RenderedPlace, { repository, revision }: GitopsSpec, flux: Flux) {
  return {
    ...headOf(place.name, { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "GitRepository" }, flux),
    spec: {
      interval: "1m",
      url: repository,
      ref: revision,
      ...(flux.credentials && { secretRef: { name: flux.credentials } }),
    },
  };
}

function kustomizationOf(
  place: RenderedPlace,
  { layer, part, flux }: { layer: RenderedLayer; part: string; flux: Flux },
) {
  const isCharts = part !== layer.name;
  const dependsOn = partsBefore(place, layer, isCharts).map((name) => ({ name: `${place.name}-${name}` }));
  const healthChecks = isCharts
    ? layer.charts.map(({ name }) => ({
        ...RELEASE,
        name: `${place.name}-${name}`,
        namespace: flux.namespace,
      }))
    : workloadsOf(layer);
  return {
    ...headOf(
      `${place.name}-${part}`,
      { apiVersion: "kustomize.toolkit.fluxcd.io/v1", kind: "Kustomization" },
      flux,
    ),
    spec: {
      interval: "10m",
      retryInterval: "1m",
      timeout: TIMEOUT,
      path: `./${place.folder}/flux/synced/${part}`,
      sourceRef: { kind: "GitRepository", name: place.name },
      ...(dependsOn.length > 0 && { dependsOn }),
      prune: true,
      // Removing the Kustomization leaves what it deployed.
      deletionPolicy: "Orphan",
      // Not all there is: many storage classes bind a claim when its first pod comes, a layer later.
      ...(healthChecks.length > 0 && { healthChecks }),
      // Releases of charts stand beside the Kustomization, wherever they are installed.
      ...(!isCharts && flux.serviceAccount && { serviceAccountName: flux.serviceAccount }),
      ...(!isCharts && kubeConfigOf(flux)),
    },
  };
}

/** A layer waits for those before it with their charts; its own charts wait for the layer, which may bring their namespace. */
function partsBefore({ layers }: RenderedPlace, layer: RenderedLayer, isCharts: boolean): string[] {
  const before = layers.filter(({ name }) => layer.after.includes(name));
  const parts = (one: RenderedLayer) => (one.charts.length > 0 ? [one.name, chartsOf(one)] : [one.name]);
  const own = isCharts && hasObjects(layer) ? [layer.name] : [];
  const known = new Set(layers.filter((one) => !hasObjects(one)).map(({ name }) => name));
  return [...before.flatMap(parts), ...own].filter((name) => !known.has(name));
}

/** What a deploy waits for. */
function workloadsOf({ objects }: RenderedLayer) {
  return objects.flatMap(({ object }) => {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace = "default" } = metadata;
    return isWorkload(object) ? [{ apiVersion, kind, name, namespace }] : [];
  });
}

const RELEASE = { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease" } as const;

/** The layer again, with what tells Flux to leave data alone. */
function syncedFiles(layer: RenderedLayer): ManifestFile[] {
  if (!hasObjects(layer)) return [];
  const patches = layer.objects
    .filter(({ isKept }) => isKept)
    .map(({ object }) => annotated(object, { "kustomize.toolkit.fluxcd.io/prune": "disabled" }));
  return [
    kustomization(`flux/synced/${layer.name}`, {
      resources: [`../../../${layer.name}`],
      ...(patches.length > 0 && { patches }),
    }),
  ];
}

function chartFiles(place: RenderedPlace, layer: RenderedLayer, flux: Flux): ManifestFile[] {
  if (layer.charts.length === 0) return [];
  const folder = `flux/synced/${chartsOf(layer)}`;
  const files = layer.charts.flatMap((chart) => [
    manifest(`${folder}/helm-repository-${chart.name}.yaml`, helmRepository(place, chart, flux)),
    manifest(`${folder}/helm-release-${chart.name}.yaml`, helmRelease(place, chart, flux)),
  ]);
  return [
    kustomization(folder, { resources: files.map(({ path }) => path.slice(folder.length + 1)) }),
    ...files,
  ];
}

function helmRepository(place: RenderedPlace, { name, repository }: Chart, flux: Flux) {
  return {
    ...headOf(
      `${place.name}-${name}`,
      { apiVersion: "source.toolkit.fluxcd.io/v1", kind: "HelmRepository" },
      flux,
    ),
    spec: { interval: "1h", url: repository, ...(repository.startsWith("oci:") && { type: "oci" }) },
  };
}

function helmRelease(place: RenderedPlace, chart: Chart, flux: Flux) {
  const name = `${place.name}-${chart.name}`;
  const head = headOf(name, RELEASE, flux);
  const kept = { annotations: { "kustomize.toolkit.fluxcd.io/prune": "disabled" } };
  return {
    ...head,
    ...(chart.isKept && { metadata: { ...head.metadata, ...kept } }),
    spec: {
      interval: "10m",
      timeout: `${chart.seconds}s`,
      releaseName: chart.name,
      targetNamespace: chart.namespace,
      storageNamespace: chart.namespace,
      chart: {
        spec: {
          chart: chart.chart,
          version: chart.version,
          sourceRef: { kind: "HelmRepository", name },
        },
      },
      install: { createNamespace: chart.createsNamespace, remediation: { retries: 3 } },
      upgrade: { crds: "CreateReplace", remediation: { retries: 3 } },
      values: chart.values,
      ...(flux.serviceAccount && { serviceAccountName: flux.serviceAccount }),
      ...kubeConfigOf(flux),
    },
  };
}

function kubeConfigOf({ kubeConfig }: Flux) {
  return kubeConfig ? { kubeConfig: { secretRef: { name: kubeConfig } } } : {};
}

function headOf(name: string, type: { apiVersion: string; kind: string }, { namespace }: Flux) {
  return { ...type, metadata: { name, namespace } };
}
