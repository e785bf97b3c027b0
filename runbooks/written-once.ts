// Much stands on many pages: the steps of an SLO on those of all its alerts, the environments on every one. Such a part of a tree is
// made once, marked as shared, and written once in each language.
import type { Nodes } from "mdast";
import type { Platform } from "../model/model.ts";
import { once } from "../model/once.ts";

const sharedNodes = new WeakSet<Nodes>();

/** Marks a node that stands on many pages; it must not change any more. */
export function shared<T extends Nodes>(node: T): T {
  sharedNodes.add(node);
  return node;
}

/** What is made of a platform and something in it, made once for both. */
export function oncePerPlatform<K extends object, V>(
  make: (platform: Platform, of: K) => V,
): (platform: Platform, of: K) => V {
  const ofPlatform = once((platform: Platform) => once((of: K) => make(platform, of)));
  return (platform, of) => ofPlatform(platform)(of);
}

/** Remembers what shared nodes were written as, in one language. */
export class Written {
  readonly #texts = new WeakMap<Nodes, { around: string; text: string }>();

  /** What `write` gives for the node; `around` is all of its surroundings that this depends on. */
  text(node: Nodes, around: string, write: () => string): string {
    if (!sharedNodes.has(node)) return write();
    const known = this.#texts.get(node);
    if (known?.around === around) return known.text;
    const text = write();
    this.#texts.set(node, { around, text });
    return text;
  }
}
