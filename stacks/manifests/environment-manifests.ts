import type { Layer } from "../layer.ts";
import { argocdFiles } from "./argocd.ts";
import type { Chart } from "./chart.ts";
import { fluxFiles } from "./flux.ts";
import { kustomization, type ManifestFile, objectsFolder } from "./kustomization.ts";
import { type LayerObjects, objectsOf } from "./layer-objects.ts";
import { hasObjects, type RenderedLayer, type RenderedPlace } from "./rendered-place.ts";
import { Untranslatable } from "./untranslatable.ts";

/** Stands for a release where nobody has named one: a cluster that asks for releases refuses it. */
const NO_RELEASE = "none";

/** All files of a place, paths from its own folder. Throws an Untranslatable for what only Terraform can bring. */
export function environmentManifests(
  place: Omit<RenderedPlace, "layers">,
  stacks: readonly Layer[],
): ManifestFile[] {
  const variables = {
    // What a promotion brought is newer than what was written by hand before the first one.
    release: place.environment.lock?.release ?? place.environment.gitops?.release ?? NO_RELEASE,
  };
  const layers = inOrder(stacks).map((stack) => ({
    name: stack.layer,
    after: stack.dependencies.map((other) => (other as Layer).layer),
    ...reconciled(stack, variables),
  }));
  const rendered = {
    ...place,
    layers: layers.filter(({ objects, charts }) => objects.length + charts.length > 0),
  };
  const { gitops } = place.environment;
  return [
    ...rendered.layers.flatMap(plainFiles),
    kustomization(".", { resources: rendered.layers.filter(hasObjects).map(({ name }) => name) }),
    ...(gitops?.argocd ? argocdFiles(rendered, gitops, gitops.argocd) : []),
    ...(gitops?.flux ? fluxFiles(rendered, gitops, gitops.flux) : []),
  ];
}

/** A layer's objects, all of which manifests can say: whoever reconciles those sets back what others change. */
function reconciled(stack: Layer, variables: Readonly<Record<string, string>>): LayerObjects {
  const all = objectsOf(stack, variables);
  for (const { object, leftToOthers } of all.objects)
    if (leftToOthers.length > 0)
      throw new Untranslatable(
        `${stack.node.id}, ${object.kind} ${object.metadata.name}: changes of ${leftToOthers.join(", ")} are ignored, and it says what that is`,
      );
  return all;
}

function plainFiles({ name, objects, charts }: RenderedLayer): ManifestFile[] {
  return [
    ...(objects.length > 0
      ? objectsFolder(
          name,
          objects.map(({ object }) => object),
        )
      : []),
    ...(charts.length > 0 ? [plainCharts(name, charts)] : []),
  ];
}

/** For `kubectl kustomize --enable-helm`, which asks Helm for what the charts hold. */
function plainCharts(layer: string, charts: readonly Chart[]): ManifestFile {
  return kustomization(`${layer}-charts`, {
    resources: [],
    helmCharts: charts.map(({ name, repository, chart, version, namespace, values }) => ({
      name: chart,
      repo: repository,
      version,
      releaseName: name,
      namespace,
      includeCRDs: true,
      valuesInline: values,
    })),
  });
}

function inOrder(stacks: readonly Layer[]): Layer[] {
  const ordered = new Set<Layer>();
  const visit = (stack: Layer) => {
    for (const before of stack.dependencies) visit(before as Layer);
    ordered.add(stack);
  };
  for (const stack of stacks) visit(stack);
  return [...ordered];
}
