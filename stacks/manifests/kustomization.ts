import { stringify } from "yaml";
import type { KubernetesObject } from "./resource-object.ts";

/** A generated file of manifests: path below the environment's folder, and what it holds. */
export interface ManifestFile {
  path: string;
  content: string;
}

/** A file of one object, as readers of YAML 1.1 and 1.2 understand it alike. */
export function manifest(path: string, object: object): ManifestFile {
  return { path, content: stringify(object, { lineWidth: 0, version: "1.1", aliasDuplicateObjects: false }) };
}

/** A folder that `kubectl apply -k` takes: resources are applied in the order in which they stand. */
export function kustomization(
  folder: string,
  fields: { resources: string[]; [field: string]: unknown },
): ManifestFile {
  return manifest(`${folder}/kustomization.yaml`.replace(/^\.\//, ""), {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...fields,
    sortOptions: { order: "fifo" },
  });
}

/** A folder of objects, one file each. */
export function objectsFolder(folder: string, objects: readonly KubernetesObject[]): ManifestFile[] {
  const names = new Map<string, KubernetesObject>();
  for (const object of objects) names.set(fileName(object, names), object);
  return [
    kustomization(folder, { resources: [...names.keys()] }),
    ...[...names].map(([name, object]) => manifest(`${folder}/${name}`, object)),
  ];
}

/** KIND-NAME.yaml; with the namespace too where another has that name. */
function fileName({ kind, metadata }: KubernetesObject, taken: ReadonlyMap<string, unknown>): string {
  const words = [kind.toLowerCase(), metadata.name, metadata.namespace ?? "cluster"];
  const [short, long] = [words.slice(0, 2), words].map(
    (some) => `${some.join("-").replace(/[^\w.-]/g, "_")}.yaml`,
  );
  if (short && !taken.has(short)) return short;
  if (long && !taken.has(long)) return long;
  throw new Error(`two objects are ${words.join(" ")}`);
}

/** A patch that gives an object annotations, and changes nothing else of it. */
export function annotated(
  { apiVersion, kind, metadata: { name, namespace } }: KubernetesObject,
  annotations: Record<string, string>,
) {
  const metadata = { name, ...(namespace && { namespace }), annotations };
  return { patch: manifest("", { apiVersion, kind, metadata }).content };
}
