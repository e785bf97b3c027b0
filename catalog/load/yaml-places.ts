import type { Document, Node, Pair } from "yaml";
import { isAlias, isCollection, isMap, isScalar, isSeq } from "yaml";

type Path = readonly (string | number)[];

/** Offsets of values and keys in a YAML document. */
export interface YamlPlaces {
  /** Where the value at `path` begins (a block's key, if it has one), or the nearest collection that exists. */
  value(path: Path): number;
  /** Where the key at the end of `path` begins; what `value` gives if there is no such key. */
  key(path: Path): number;
}

/** The places in a document, found through aliases. */
export function yamlPlaces(document: Document): YamlPlaces {
  const find = (path: Path) => {
    let found = { node: document.contents as Node | null, key: undefined as Node | undefined, whole: true };
    for (const step of path) {
      const child = childOf(resolve(found.node, document), step);
      if (!child) return { ...found, whole: false };
      found = { ...child, whole: true };
    }
    return found;
  };
  return {
    value(path) {
      const { node, key } = find(path);
      const isBlock = isCollection(node) && !node.flow;
      return startOf(key && (isBlock || isNothing(node)) ? key : node);
    },
    key(path) {
      const { key, whole } = find(path);
      return whole && key ? startOf(key) : this.value(path);
    },
  };
}

function childOf(
  node: Node | null,
  step: string | number,
): { node: Node | null; key: Node | undefined } | undefined {
  if (isMap(node)) {
    // Of a key that is there twice the last is what the value says.
    const pair = node.items.findLast(({ key }) => isScalar(key) && String(key.value) === String(step)) as
      | Pair<Node, Node | null>
      | undefined;
    return pair && { node: pair.value, key: pair.key };
  }
  if (!isSeq(node) || node.items.length <= Number(step)) return undefined;
  return { node: (node.items[Number(step)] ?? null) as Node | null, key: undefined };
}

function resolve(node: Node | null, document: Document): Node | null {
  return isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node;
}

function isNothing(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function startOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
