import type { GitopsSpec } from "../../catalog/gitops.ts";
import type { Chart } from "./chart.ts";
import { isNamespaced } from "./kubernetes-api.ts";
import { annotated, kustomization, type ManifestFile, manifest } from "./kustomization.ts";
import { hasObjects, isWorkload, type RenderedLayer, type RenderedPlace } from "./rendered-place.ts";
import type { KubernetesObject } from "./resource-object.ts";

type Argocd = NonNullable<GitopsSpec["argocd"]>;

const API = "argoproj.io/v1alpha1";

/**
 * Argo CD's objects for a place: an Application whose layers are waves of one sync, each waited for until it is healthy; one for each chart;
 * and projects that allow just this. `argocd/` is what is applied once; `argocd/synced/` is what the Application reads.
 */
export function argocdFiles(place: RenderedPlace, gitops: GitopsSpec, argocd: Argocd): ManifestFile[] {
  const charts = place.layers.flatMap((layer) => layer.charts);
  const files = [
    manifest("argocd/app-project.yaml", projectOf(place, gitops, argocd)),
    manifest("argocd/application.yaml", applicationOf(place, gitops, argocd)),
    ...(charts.length > 0
      ? [manifest("argocd/app-project-charts.yaml", chartsProject(place, charts, argocd))]
      : []),
    ...charts.map((chart) =>
      manifest(`argocd/application-${chart.name}.yaml`, chartApplication(place, chart, argocd)),
    ),
  ];
  const names = files.map(({ path }) => path.slice("argocd/".length));
  return [kustomization("argocd", { resources: names }), ...files, ...syncedFiles(place)];
}

/** The layers again, with what tells Argo CD their order and what to leave alone. */
function syncedFiles({ layers }: RenderedPlace): ManifestFile[] {
  const applied = layers.filter(hasObjects);
  const claimsWave = applied.findIndex(({ objects }) => objects.some(({ object }) => isWorkload(object)));
  return [
    kustomization("argocd/synced", { resources: applied.map(({ name }) => name) }),
    ...applied.map((layer, wave) =>
      kustomization(`argocd/synced/${layer.name}`, {
        resources: [`../../../${layer.name}`],
        patches: patchesOf(layer, { wave, claimsWave: Math.max(wave, claimsWave) }),
      }),
    ),
  ];
}

const WAVE = "argocd.argoproj.io/sync-wave";

function patchesOf({ objects }: RenderedLayer, { wave, claimsWave }: { wave: number; claimsWave: number }) {
  const kept = objects.filter(({ isKept }) => isKept);
  const all = {
    apiVersion: "any",
    kind: "any",
    metadata: { name: "any", annotations: { [WAVE]: String(wave) } },
  };
  return [
    { patch: manifest("", all).content, target: { kind: ".*" } },
    ...kept.map(({ object }) =>
      annotated(object, {
        "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
        // Many storage classes bind a claim when its first pod comes, and Argo CD waits until it is bound.
        ...(object.kind === "PersistentVolumeClaim" && { [WAVE]: String(claimsWave) }),
      }),
    ),
  ];
}

function applicationOf(place: RenderedPlace, gitops: GitopsSpec, argocd: Argocd) {
  const hasCharts = place.layers.some(({ charts }) => charts.length > 0);
  return {
    ...headOf(place.name, "Application", argocd),
    spec: {
      project: place.name,
      source: {
        repoURL: gitops.repository,
        targetRevision: Object.values(gitops.revision)[0],
        path: `${place.folder}/argocd/synced`,
      },
      destination: { server: argocd.server, namespace: place.environment.namespace },
      syncPolicy: syncPolicy([
        "ServerSideApply=true",
        "FailOnSharedResource=true",
        "PruneLast=true",
        // Kinds that a chart brings are not there while it is being installed.
        ...(hasCharts ? ["SkipDryRunOnMissingResource=true"] : []),
      ]),
      revisionHistoryLimit: 5,
    },
  };
}

/** As Terraform would: what is gone from Git goes, what was changed by hand is set back, and a failure is tried again for half an hour. */
function syncPolicy(syncOptions: string[], { prune = true } = {}) {
  return {
    automated: { prune, selfHeal: true, allowEmpty: false },
    syncOptions,
    retry: { limit: 12, backoff: { duration: "10s", factor: 2, maxDuration: "3m" } },
  };
}

/** Allows this repository, these namespaces and the kinds that are rendered; nothing else. */
function projectOf({ name, title, layers }: RenderedPlace, { repository }: GitopsSpec, argocd: Argocd) {
  const objects = layers.flatMap((layer) => layer.objects.map(({ object }) => object));
  const inNamespaces = objects.filter(isInNamespace);
  const namespaces = new Set(inNamespaces.map(({ metadata }) => metadata.namespace ?? ""));
  return {
    ...headOf(name, "AppProject", argocd),
    spec: {
      description: `${title}: what its stacks bring.`,
      sourceRepos: [repository],
      destinations: [...namespaces].sort().map((namespace) => ({ server: argocd.server, namespace })),
      clusterResourceWhitelist: kindsOf(objects.filter((object) => !isInNamespace(object))),
      namespaceResourceWhitelist: kindsOf(inNamespaces),
    },
  };
}

function isInNamespace(object: KubernetesObject): boolean {
  return isNamespaced(object) ?? object.metadata.namespace !== undefined;
}

function kindsOf(objects: readonly KubernetesObject[]) {
  const kinds = objects.map(({ apiVersion, kind }) => ({
    group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
    kind,
  }));
  const byId = new Map(kinds.map((one) => [`${one.group}/${one.kind}`, one]));
  return [...byId.keys()].sort().flatMap((id) => byId.get(id) ?? []);
}

/** What a chart brings only the chart knows: a project of their own, so that the platform's stays narrow. */
function chartsProject(place: RenderedPlace, charts: readonly Chart[], argocd: Argocd) {
  const unique = (all: string[]) => [...new Set(all)].sort();
  return {
    ...headOf(`${place.name}-charts`, "AppProject", argocd),
    spec: {
      description: `${place.title}: charts that its stacks install.`,
      sourceRepos: unique(charts.map(repositoryOf)),
      destinations: unique(charts.map(({ namespace }) => namespace)).map((namespace) => ({
        server: argocd.server,
        namespace,
      })),
      clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      namespaceResourceWhitelist: [{ group: "*", kind: "*" }],
    },
  };
}

function chartApplication(place: RenderedPlace, chart: Chart, argocd: Argocd) {
  return {
    ...headOf(`${place.name}-${chart.name}`, "Application", argocd),
    spec: {
      project: `${place.name}-charts`,
      source: {
        repoURL: repositoryOf(chart),
        chart: chart.chart,
        targetRevision: chart.version,
        helm: { releaseName: chart.name, valuesObject: chart.values },
      },
      destination: { server: argocd.server, namespace: chart.namespace },
      syncPolicy: syncPolicy(
        ["ServerSideApply=true", ...(chart.createsNamespace ? ["CreateNamespace=true"] : [])],
        { prune: !chart.isKept },
      ),
      revisionHistoryLimit: 5,
    },
  };
}

/** Argo CD knows registries of images by the chart's form, not by the scheme. */
function repositoryOf({ repository }: Chart): string {
  return repository.replace(/^oci:\/\//, "");
}

// No finalizer: removing an Application leaves what it deployed.
function headOf(name: string, kind: string, { namespace }: Argocd) {
  return { apiVersion: API, kind, metadata: { name, namespace } };
}
