import type { KubernetesObject } from "../../delivery/plan/kubernetes-object.ts";

/** A rule of a Role, as Kubernetes has it. */
export interface Rule {
  apiGroups: string[];
  resources: string[];
  verbs: string[];
  resourceNames?: string[];
}

// What the Kubernetes provider asks for: it patches what it changes, but for one kind, which it puts.
const VERBS = ["create", "delete", "get", "patch"];
const PUT = new Set(["CronJob"]);

/** The right to make, read, change and remove objects of this kind. Throws where the version of its API is not known. */
export function ruleFor({ apiVersion, kind, name }: KubernetesObject): Rule {
  if (apiVersion === undefined) throw new Error(`${kind}/${name}: the version of its API is not known`);
  const [group = "", version] = apiVersion.split("/");
  const verbs = PUT.has(kind) ? [...VERBS, "update"] : VERBS;
  return { apiGroups: [version === undefined ? "" : group], resources: [plural(kind)], verbs };
}

/** The resource of a kind: Kubernetes names it by the English plural. */
export function plural(kind: string): string {
  const word = kind.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, "ies");
  return /(?:s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** The same rights in fewer rules, sorted: names of one resource stand together, and so do resources with the same verbs and names. */
export function rulesMerged(rules: readonly Rule[]): Rule[] {
  return together(together(rules, "resourceNames"), "resources");
}

/** Rules that differ in one list alone become one; a rule without names, which is for all, stays apart from those with some. */
function together(rules: readonly Rule[], list: "resourceNames" | "resources"): Rule[] {
  const groups = new Map<string, Rule>();
  for (const { apiGroups, resources, verbs, resourceNames } of rules) {
    const rule = {
      ...{ apiGroups, resources: resources.toSorted(), verbs: verbs.toSorted() },
      ...(resourceNames && { resourceNames: resourceNames.toSorted() }),
    };
    const key = JSON.stringify({ ...rule, [list]: rule[list] !== undefined });
    const before = groups.get(key)?.[list] ?? [];
    groups.set(key, {
      ...rule,
      ...(rule[list] && { [list]: [...new Set([...before, ...rule[list]])].sort() }),
    });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rule]) => rule);
}
