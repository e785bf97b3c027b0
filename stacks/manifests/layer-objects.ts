import type { Layer } from "../layer.ts";
import { type Chart, chartOf } from "./chart.ts";
import { evaluated, type KubernetesObject, objectOf } from "./resource-object.ts";
import { inside, type Known } from "./terraform-value.ts";
import { Untranslatable } from "./untranslatable.ts";

/** An object of a layer. */
export interface LayerObject {
  object: KubernetesObject;
  /** It holds data, or what others live by: never removed by whoever reconciles. */
  isKept: boolean;
  /** What it says when it is made, and others then change: only Terraform leaves that to them. */
  leftToOthers: string[];
}

/** What a layer brings to the cluster, in an order in which it can be applied. */
export interface LayerObjects {
  objects: LayerObject[];
  charts: Chart[];
}

type Members = Record<string, unknown>;
type Resources = Record<string, Record<string, Members>>;

/**
 * The objects and Helm releases that a layer's stack stands for: all of them, as Terraform would bring them. Throws an Untranslatable that names
 * the address of what cannot be said.
 */
export function objectsOf(layer: Layer, variables: Readonly<Record<string, string>>): LayerObjects {
  const stack = layer.toTerraform() as Members;
  const unknown = Object.keys(stack).find((key) => !WITHOUT_OBJECTS.includes(key) && key !== "resource");
  if (unknown !== undefined) throw new Untranslatable(`the stack ${layer.node.id} has "${unknown}" blocks`);
  const resources = (stack.resource ?? {}) as Resources;
  const known = knownOf(layer, { resources, variables });
  const found: LayerObjects = { objects: [], charts: [] };
  for (const address of inOrder(resources)) {
    try {
      add(found, address, { resources, known });
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      throw new Untranslatable(`${layer.node.id}, ${address}: ${error.message}`);
    }
  }
  return found;
}

// What of a stack changes nothing in the cluster: where Terraform works and keeps state, and what becomes of entries of that state.
const WITHOUT_OBJECTS = ["//", "terraform", "provider", "variable", "output", "moved", "removed", "import"];

function add(
  { objects, charts }: LayerObjects,
  address: string,
  { resources, known }: { resources: Resources; known: Known },
): void {
  const [type = "", name = ""] = address.split(".");
  const { "//": _, depends_on: __, provider: ___, lifecycle, ...resource } = resources[type]?.[name] ?? {};
  const { isKept, leftToOthers } = lifeOf((lifecycle ?? {}) as Members, resource);
  const repeated = Object.keys(resource).find((key) => REPEATING.includes(key));
  if (repeated) throw new Untranslatable(`it has "${repeated}"`);
  if (type === "helm_release") {
    charts.push({ ...chartOf(evaluated(resource, known) as Members), isKept });
    return;
  }
  const object =
    type === "kubernetes_manifest" ? manifestOf(resource, known) : objectOf(type, resource, known);
  objects.push({ object, isKept: isKept || HOLDING_DATA.includes(object.kind), leftToOthers });
}

// With a namespace goes all that is in it.
const HOLDING_DATA = ["Namespace", "PersistentVolumeClaim", "PersistentVolume"];

const REPEATING = ["count", "for_each", "provisioner", "connection"];

/** What Terraform's own words on the life of a resource come to. */
function lifeOf(lifecycle: Members, resource: Members): Omit<LayerObject, "object"> {
  const { prevent_destroy, ignore_changes = [], create_before_destroy: _, ...others } = lifecycle;
  const [other] = Object.keys(others);
  if (other) throw new Untranslatable(`its lifecycle has "${other}"`);
  if (!Array.isArray(ignore_changes)) throw new Untranslatable("changes of all of it are ignored");
  const leftToOthers = ignore_changes.map(String).filter((path) => {
    const steps = [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, name]) =>
      index === undefined ? (name ?? "") : Number(index),
    );
    return inside(resource, steps) !== undefined;
  });
  return { isKept: prevent_destroy === true, leftToOthers };
}

function manifestOf({ manifest, ...others }: Members, known: Known): KubernetesObject {
  const other = Object.keys(others).find((key) => !OF_TERRAFORM.includes(key));
  if (other) throw new Untranslatable(`kubernetes_manifest has "${other}"`);
  const object = evaluated(manifest, known) as KubernetesObject;
  if (object.kind === "Secret") throw new Untranslatable("it is a Secret; secrets are never rendered");
  return object;
}

const OF_TERRAFORM = ["wait", "wait_for", "timeouts", "field_manager", "computed_fields"];

function knownOf(
  layer: Layer,
  { resources, variables }: { resources: Resources; variables: Readonly<Record<string, string>> },
): Known {
  const files = new Map(layer.files.map(({ path, content }) => [path, content]));
  const known: Known = {
    file(path) {
      const text = files.get(path.replace(/^\.\//, ""));
      if (text === undefined) throw new Untranslatable(`there is no generated file ${path}`);
      return text;
    },
    variable(name) {
      const value = variables[name];
      if (value === undefined) throw new Untranslatable(`nothing says what its variable "${name}" is`);
      return value;
    },
    attribute([type, name, ...steps]) {
      const value = inside(resources[String(type)]?.[String(name)], steps);
      if (value === undefined)
        throw new Untranslatable(`only a cluster knows ${[type, name, ...steps].join(".")}`);
      return evaluated(value, known);
    },
  };
  return known;
}

/** Addresses TYPE.NAME, each after those that it depends on, otherwise by name. */
function inOrder(resources: Resources): string[] {
  const all = Object.entries(resources)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort();
  const ordered = new Set<string>();
  const visit = (address: string) => {
    if (ordered.has(address)) return;
    const [type = "", name = ""] = address.split(".");
    for (const before of (resources[type]?.[name]?.depends_on ?? []) as string[]) visit(before);
    ordered.add(address);
  };
  for (const address of all) visit(address);
  return [...ordered];
}
