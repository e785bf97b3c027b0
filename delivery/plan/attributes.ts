// What differs between an object as it is and as it is planned, attribute by attribute, without anything secret.

/** One side of a change, as `terraform show -json` tells it. */
export interface Side {
  value: unknown;
  /** True, or true somewhere inside, where Terraform or its provider says that a value is sensitive. */
  sensitive: unknown;
  /** True, or true somewhere inside, where a value is known only after it was applied. */
  unknown?: unknown;
}

/** One attribute that differs. What is absent on a side has no value there. */
export interface AttributeChange {
  /** Such as `spec.template.spec.container[api].image`. */
  path: string;
  before?: string;
  after?: string;
}

/** What stands for a value that must not be shown. */
export const HIDDEN = "(sensitive)";
// Stacks take nothing from each other's results: what is not known before is for the cluster to decide, such as defaults and addresses.
const UNKNOWN = "(known after apply)";

interface Leaf {
  raw: unknown;
  shown: string;
}

/**
 * The attributes that differ, sorted by path. A sensitive value is never shown, not even its length; nor is what a Secret holds, or an
 * environment variable whose name speaks of a secret. Long text is told by its size.
 */
export function attributeChanges(
  before: Side,
  after: Side,
  { isSecret }: { isSecret: boolean },
): AttributeChange[] {
  const [was, will] = [before, after].map((side) => {
    const leaves = new Map<string, Leaf>();
    collect(side, [], leaves);
    return leaves;
  }) as [Map<string, Leaf>, Map<string, Leaf>];
  const paths = [...new Set([...was.keys(), ...will.keys()])].sort();
  const changed = paths.filter(
    (path) =>
      !isSame(was.get(path), will.get(path)) &&
      !OWN_TO_CLUSTER.test(path) &&
      will.get(path)?.shown !== UNKNOWN,
  );
  // What is sensitive on one side is on the other too, however it is marked there; entries of a list may have moved.
  const marked = paths
    .filter((path) => [was, will].some((side) => side.get(path)?.shown === HIDDEN))
    .map((path) => path.replace(/\[\d+\]$/, ""));
  const isMarked = (path: string) =>
    marked.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  return changed.map((path) => {
    const hides = (isSecret && !OPEN_IN_SECRETS.test(path)) || SECRET_VARIABLE.test(path) || isMarked(path);
    const shown = (leaf: Leaf | undefined) => leaf && (hides ? HIDDEN : leaf.shown);
    const [from, to] = [shown(was.get(path)), shown(will.get(path))];
    return {
      path: withoutLoneIndexes(path, paths),
      ...(from !== undefined && { before: from }),
      ...(to !== undefined && { after: to }),
    };
  });
}

// The cluster counts these itself.
const OWN_TO_CLUSTER =
  /^(id|.*\.metadata(\[0\])?\.generation|(object\.)?metadata(\[0\])?\.(generation|resource_version|resourceVersion|uid|managedFields.*|creationTimestamp))$|^(object\.)?status\./;
const OPEN_IN_SECRETS = /^(manifest\.)?metadata(\[0\])?\.(name|namespace|labels\b.*)$|^type$/;
const SECRET_VARIABLE = /(^|\.)env\[[^\]]*(pass|secret|token|key|credential)[^\]]*\]\.value$/i;

function isSame(a: Leaf | undefined, b: Leaf | undefined): boolean {
  return a !== undefined && b !== undefined && JSON.stringify(a.raw) === JSON.stringify(b.raw);
}

/** Leaves of a value by path; what is empty is as good as absent. */
function collect({ value, sensitive, unknown }: Side, path: string[], leaves: Map<string, Leaf>): void {
  if (sensitive === true) {
    if (value !== null && value !== undefined) leaves.set(joined(path), { raw: value, shown: HIDDEN });
    return;
  }
  if (unknown === true) {
    leaves.set(joined(path), { raw: UNKNOWN, shown: UNKNOWN });
    return;
  }
  if (Array.isArray(value) || Array.isArray(unknown)) {
    const items = Array.isArray(value) ? value : [];
    const length = Math.max(items.length, Array.isArray(unknown) ? unknown.length : 0);
    const names = namesOf(items, path.at(-1));
    for (let i = 0; i < length; i++)
      collect(
        { value: names ? unnamed(items[i]) : items[i], sensitive: at(sensitive, i), unknown: at(unknown, i) },
        [...path, `[${names?.[i] ?? i}]`],
        leaves,
      );
    return;
  }
  if (isObject(value) || isObject(unknown)) {
    const keys = new Set([...Object.keys(value ?? {}), ...Object.keys((unknown as object) ?? {})]);
    for (const key of keys)
      collect(
        { value: at(value, key), sensitive: at(sensitive, key), unknown: at(unknown, key) },
        [...path, key],
        leaves,
      );
    return;
  }
  if (value !== null && value !== undefined && value !== "")
    leaves.set(joined(path), { raw: value, shown: shown(value) });
}

/** Names by which entries of a list are told apart, so that a new first container does not look like a change of all. */
function namesOf(items: readonly unknown[], of: string | undefined): string[] | undefined {
  // A block that is written as a list of one; its name is the object's own.
  if (of === "metadata") return undefined;
  const names = items.map((item) => at(item, "name"));
  const areNames = names.every((name): name is string => typeof name === "string" && name !== "");
  return areNames && new Set(names).size === names.length ? (names as string[]) : undefined;
}

/** An entry without its name, which stands in its path; but for one that is nothing else. */
function unnamed(item: unknown): unknown {
  const { name, ...rest } = item as { name: string };
  return Object.values(rest).some((value) => value !== null && value !== "") ? rest : item;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(value: unknown, key: string | number): unknown {
  // What is marked as a whole is marked in all its parts.
  if (value === true) return true;
  return typeof value === "object" && value !== null
    ? (value as Record<string | number, unknown>)[key]
    : undefined;
}

function joined(path: readonly string[]): string {
  return path
    .map((part) => (part.startsWith("[") ? part : /^[\w-]+$/.test(part) ? part : `"${part}"`))
    .join(".")
    .replaceAll(".[", "[");
}

/** `spec[0].replicas` is `spec.replicas` where there is no second spec. */
function withoutLoneIndexes(path: string, all: readonly string[]): string {
  let whole = "";
  let shown = "";
  for (const part of path.split(/(\[0\])/)) {
    const isLone = part === "[0]" && !all.some((other) => other.startsWith(`${whole}[1]`));
    whole += part;
    if (!isLone) shown += part;
  }
  return shown;
}

const LONGEST = 80;

function shown(value: unknown): string {
  const text = String(value);
  if (text.length <= LONGEST && !text.includes("\n")) return text;
  const lines = text.split("\n").length;
  return `(${text.length} characters in ${lines} ${lines === 1 ? "line" : "lines"})`;
}
