import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Scalar } from "yaml";
import { nearMatch } from "../../problems/near-match.ts";
import { showValue } from "../../problems/show-value.ts";
import { scalarFault } from "./yaml-scalars.ts";

/** Something wrong at an offset of a YAML file. */
export interface YamlFault {
  rule: string;
  message: string;
  fix: string;
  offset: number;
  /** True when the document cannot be turned into a value. */
  fatal?: true;
}

// A policy has some hundred nodes. A billion laughs has a few aliases more.
const MOST_NODES = 20_000;

const KNOWN_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Everything in a parsed document that other tools read differently, that hides something, or that grows without limit. */
export function nodeFaults(root: Node | null, text: string): YamlFault[] {
  const walker = new NodeWalker(text);
  walker.visit(root);
  return walker.faults;
}

class NodeWalker {
  readonly faults: YamlFault[] = [];
  readonly #anchors = new Map<string, Node>();
  /** How many nodes each finished node is, its aliases written out. */
  readonly #sizes = new Map<Node, number>();
  readonly #text: string;
  #writtenOut = 0;
  #isBomb = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Visits in the order of the file, so that an alias finds the anchor that was last set; returns the node's size. */
  visit(node: Node | null): number {
    if (!node) return 1;
    if (isAlias(node)) return this.#alias(node);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined && !KNOWN_TAGS.test(node.tag)) this.#unknownTag(node);
    let size = 1;
    if (isSeq(node)) for (const item of node.items) size += this.visit(item as Node | null);
    else if (isMap(node)) size += this.#map(node.items);
    else if (isScalar(node)) this.#scalar(node);
    this.#sizes.set(node, size);
    return size;
  }

  #map(pairs: readonly unknown[]): number {
    const seen = new Set<string>();
    let size = 0;
    for (const pair of pairs) {
      if (!isPair<Node, Node | null>(pair)) continue;
      const isText = this.#key(pair.key, seen);
      if (isText || !isScalar(pair.key)) size += this.visit(pair.key);
      size += this.visit(pair.value);
    }
    return size;
  }

  #key(key: Node, seen: Set<string>): boolean {
    if (!isScalar(key) || typeof key.value !== "string") {
      const shown = isScalar(key) && key.source ? key.source : undefined;
      const message = `the key ${shown ?? "here"} is not a text`;
      const fix = shown ? `put it in quotes: "${shown}"` : "write a text as the key";
      // A collection as a key has no form at all as plain data.
      this.#add(key, { rule: "yaml/non-string-key", message, fix, ...(!isScalar(key) && { fatal: true }) });
      return false;
    }
    if (key.value === "<<") {
      const fix = "write the keys out; only some tools merge";
      this.#add(key, {
        rule: "yaml/merge-key",
        message: "`<<` is an ordinary key in YAML 1.2 and merges nothing",
        fix,
      });
    } else if (seen.has(key.value)) {
      const message = `the key ${showValue(key.value)} is there twice in one object`;
      this.#add(key, { rule: "yaml/duplicate-key", message, fix: "rename or remove one of the two" });
    }
    seen.add(key.value);
    return true;
  }

  #scalar(scalar: Scalar): void {
    if (scalar.type !== "PLAIN" || scalar.source === undefined || scalar.tag !== undefined) return;
    const fault = scalarFault(scalar.source, scalar.value);
    if (fault) this.#add(scalar, fault);
  }

  #alias(alias: Alias): number {
    const anchor = this.#anchors.get(alias.source);
    const size = anchor && this.#sizes.get(anchor);
    if (!anchor) {
      const near = nearMatch(alias.source, [...this.#anchors.keys()]);
      const fix =
        near === undefined ? "set the anchor above, or write the value out" : `did you mean "*${near}"?`;
      const message = `there is no anchor "&${alias.source}" above`;
      this.#add(alias, { rule: "yaml/unknown-alias", message, fix, fatal: true });
    } else if (size === undefined) {
      const message = `"*${alias.source}" stands inside what it stands for`;
      this.#add(alias, { rule: "yaml/alias-bomb", message, fix: "write the value out", fatal: true });
    } else if (this.#isBomb) {
      return 1; // told once: every alias that follows is as bad again
    } else if (this.#writtenOut + size > MOST_NODES) {
      const message = `written out, the aliases up to "*${alias.source}" are more than ${MOST_NODES} values`;
      this.#add(alias, { rule: "yaml/alias-bomb", message, fix: "write out what is meant", fatal: true });
      this.#isBomb = true;
      return 1;
    }
    this.#writtenOut += size ?? 0;
    return size ?? 1;
  }

  #unknownTag(node: Node): void {
    const shown = (node.tag ?? "").replace("tag:yaml.org,2002:", "!!");
    const message = `the tag ${shown} means nothing here`;
    const before = this.#text.slice(0, node.range?.[0] ?? 0);
    const offset = before.search(/![^\s]*\s+(&\S+\s+)?$/); // nodes begin behind their tag and anchor
    const fault = { rule: "yaml/unknown-tag", message, fix: "remove the tag" };
    this.faults.push({ ...fault, offset: offset < 0 ? before.length : offset });
  }

  #add(node: Node, fault: Omit<YamlFault, "offset">): void {
    this.faults.push({ ...fault, offset: node.range?.[0] ?? 0 });
  }
}
