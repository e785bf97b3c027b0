// What whoever deploys an environment may do, and no more: computed from what its stacks make, so that it cannot say anything else.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { nameOf } from "../../delivery/plan/kubernetes-object.ts";
import type { Environment, Platform } from "../../model/model.ts";
import type { Project } from "../../model/project.ts";
import { plural, type Rule, ruleFor, rulesMerged } from "./rbac-rules.ts";
import { objectsOf, type StackObject } from "./stack-objects.ts";
import { synthesisePart } from "./synthesise-part.ts";

const RBAC = "rbac.authorization.k8s.io";
const API_VERSION = `${RBAC}/v1`;

/** The rights to deploy an environment, from its stacks as they are now; no cluster is asked. */
export async function rightsToDeploy(place: {
  project: Project;
  platform: Platform;
  environment: Environment;
}): Promise<DeployerRights> {
  const { project, platform, environment } = place;
  const outdir = await mkdtemp(join(tmpdir(), "fairlead-rights-"));
  try {
    const selected = { platforms: [platform.name], environments: [environment.name] };
    const objects = await objectsOf(synthesisePart(project, { ...selected, outdir }));
    const command = `fairlead plan --platform ${platform.name} --env ${environment.name} --rbac`;
    return deployerRights(objects, { environment, command });
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}

/** The rights to deploy an environment. */
export interface DeployerRights {
  /** Objects of Kubernetes that an administrator applies: namespaces, an account, and its rights. */
  manifests: string;
  /** What of the stacks these rights do not do for, as KIND/NAME. */
  leftOut: string[];
}

/**
 * The least rights with which Terraform makes, changes and removes these objects. Namespaces come with them, and are adopted, since a right to create
 * one cannot be limited to one. Charts are left out: what a chart brings is not known here. Throws where an object's API is not known.
 */
export function deployerRights(
  objects: readonly StackObject[],
  { environment, command }: { environment: Environment; command: string },
): DeployerRights {
  const charts = objects.filter(({ type }) => type === "helm_release");
  const others = objects.filter((one) => !charts.includes(one));
  const inCluster = others.filter(({ object }) => object.namespace === undefined);
  const namespaces = inCluster.filter(({ object }) => object.kind === "Namespace");
  const documents = [
    ...namespaces.map(namespaceOf),
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: ACCOUNT, namespace: environment.namespace },
    },
    ...rolesOf(others, environment),
    ...bound("ClusterRole", { environment, rules: clusterRules(inCluster, others) }),
  ];
  const leftOut = charts.map(({ object }) => nameOf(object));
  const comments = [
    `# What deploying this environment needs: ${command}`,
    ...leftOut.map(
      (name) => `# Not ${name}: a chart brings what it likes, and is installed by an administrator.`,
    ),
  ];
  const options = { lineWidth: 0, aliasDuplicateObjects: false };
  const text = documents.map((document) => stringify(document, options)).join("---\n");
  return { manifests: `${comments.join("\n")}\n${text}`, leftOut };
}

const ACCOUNT = "fairlead-deployer";

function namespaceOf({ object, value }: StackObject) {
  const { labels } = (value as { metadata: { labels?: Record<string, string> } }).metadata;
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: object.name, labels } };
}

/** A role for each namespace that something is made in, and for that of the state. */
function rolesOf(objects: readonly StackObject[], environment: Environment): object[] {
  const byNamespace = new Map<string, Rule[]>();
  const add = (namespace: string, rules: readonly Rule[]) =>
    byNamespace.set(namespace, [...(byNamespace.get(namespace) ?? []), ...rules]);
  for (const one of objects) {
    const { namespace } = one.object;
    if (namespace !== undefined) add(namespace, [ruleFor(one.object), ...handedOn(one)]);
  }
  const { backend } = environment;
  if (backend.kind === "kubernetes")
    add(backend.namespace, stateRules([...new Set(objects.map(({ stack }) => stack.id))]));
  return [...byNamespace].flatMap(([namespace, rules]) => bound("Role", { environment, rules, namespace }));
}

/** Who gives rights to somebody must have them: those of the roles that the stacks make. */
function handedOn({ object, value }: StackObject): Rule[] {
  if (object.kind !== "Role") return [];
  const { rule } = value as { rule: RoleRule | RoleRule[] };
  return [rule].flat().map(({ api_groups, resources, verbs, resource_names }) => ({
    apiGroups: api_groups,
    resources,
    verbs,
    ...(resource_names && { resourceNames: resource_names }),
  }));
}

interface RoleRule {
  api_groups: string[];
  resources: string[];
  verbs: string[];
  resource_names?: string[];
}

/** As Terraform's backend "kubernetes" names state and lock of a workspace: a right to create cannot be limited to a name. */
function stateRules(ids: readonly string[]): Rule[] {
  const [state, lock] = [
    ids.map((id) => `tfstate-default-${id}`),
    ids.map((id) => `lock-tfstate-default-${id}`),
  ];
  const secrets = { apiGroups: [""], resources: ["secrets"] };
  const leases = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  const verbs = ["get", "update", "delete"];
  return [
    { ...secrets, verbs: ["create", "list"] },
    { ...secrets, verbs, resourceNames: state },
    { ...leases, verbs: ["create"] },
    { ...leases, verbs, resourceNames: lock },
  ];
}

function clusterRules(inCluster: readonly StackObject[], all: readonly StackObject[]): Rule[] {
  const named = inCluster.flatMap(({ object }): Rule[] => {
    const { verbs, ...of } = ruleFor(object);
    const resourceNames = [object.name];
    // Neither made nor removed: with it goes all that is in it.
    if (object.kind === "Namespace") return [{ ...of, verbs: ["get", "patch"], resourceNames }];
    return [
      { ...of, verbs: ["create"] },
      { ...of, verbs: verbs.filter((verb) => verb !== "create"), resourceNames },
    ];
  });
  // The provider reads each kind's schema from the definitions.
  const kinds = { apiGroups: ["apiextensions.k8s.io"], resources: [plural("CustomResourceDefinition")] };
  const hasManifests = all.some(({ type }) => type === "kubernetes_manifest");
  return hasManifests ? [...named, { ...kinds, verbs: ["list"] }] : named;
}

/** A role with these rules and its binding to the account; nothing where there are no rules. */
function bound(
  kind: "Role" | "ClusterRole",
  given: { environment: Environment; rules: readonly Rule[]; namespace?: string },
): object[] {
  const { environment, rules, namespace } = given;
  if (rules.length === 0) return [];
  const metadata = {
    name: `${ACCOUNT}-${environment.namespace}`,
    ...(namespace !== undefined && { namespace }),
  };
  const subject = { kind: "ServiceAccount", name: ACCOUNT, namespace: environment.namespace };
  const roleRef = { apiGroup: RBAC, kind, name: metadata.name };
  return [
    { apiVersion: API_VERSION, kind, metadata, rules: rulesMerged(rules) },
    { apiVersion: API_VERSION, kind: `${kind}Binding`, metadata, roleRef, subjects: [subject] },
  ];
}
