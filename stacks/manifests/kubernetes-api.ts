// Kubernetes' own kinds and types, from the API's description (kubernetes-api.json; its test says where that comes from).
import api from "./kubernetes-api.json" with { type: "json" };

/** How a field is written: a scalar, the name of a type, a list or a map of them. */
export type FieldType = string | readonly [FieldType] | { readonly "*": FieldType };

/** A kind that an API server knows without any custom resource definition. */
export interface Kind {
  kind: string;
  apiVersion: string;
  namespaced: boolean;
  /** Its type's name, for `fieldsOf`. */
  type: string;
}

const kinds: readonly Kind[] = api.kinds;
const types = api.types as unknown as Readonly<Record<string, Readonly<Record<string, FieldType>>>>;

/** The kind that a typed resource of Terraform's provider is about: `kubernetes_config_map_v1` is ConfigMap of v1; undefined where it is none. */
export function kindOfResource(resourceType: string): Kind | undefined {
  const [, name = "", version = ""] = /^kubernetes_(\w+)_(v\d+)$/.exec(resourceType) ?? [];
  const found = kinds.filter(
    ({ kind, apiVersion }) =>
      kind.toLowerCase() === flat(name) && apiVersion.slice(apiVersion.lastIndexOf("/") + 1) === version,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** Whether objects of a built-in kind live in namespaces; undefined for a kind that only a custom resource definition knows. */
export function isNamespaced({ kind, apiVersion }: Pick<Kind, "kind" | "apiVersion">): boolean | undefined {
  return kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)?.namespaced;
}

/** The fields of a type by name; undefined for a scalar. */
export function fieldsOf(type: string): Readonly<Record<string, FieldType>> | undefined {
  return types[type];
}

/**
 * The field of a type that Terraform's provider calls so: in snake case, and in the singular where it is a block that is repeated.
 * Undefined where the type has none.
 */
export function fieldNamed(type: string, attribute: string): string | undefined {
  const special = SPECIAL[`${type}.${attribute}`];
  if (special) return special;
  const name = flat(attribute);
  const wanted = [name, `${name}s`, `${name}es`, name.replace(/y$/, "ies")];
  const names = Object.keys(fieldsOf(type) ?? {});
  return wanted.flatMap((one) => names.find((field) => field.toLowerCase() === one) ?? [])[0];
}

/** Where the provider has a name of its own. */
const SPECIAL: Readonly<Record<string, string>> = {
  "apps.v1.DaemonSetSpec.strategy": "updateStrategy",
  "storage.v1.StorageClass.storage_provisioner": "provisioner",
};

function flat(name: string): string {
  return name.replaceAll("_", "").toLowerCase();
}
