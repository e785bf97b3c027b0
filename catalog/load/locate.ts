import { linkOf } from "./links.ts";
import { memberPlace } from "./member-place.ts";
import type { Surroundings } from "./origins.ts";
import type { Sources } from "./source-tree.ts";
import { isObject, literalOf, type Place } from "./value-place.ts";

/** A way through the catalog: property names and array indices. */
export type Path = readonly (string | number)[];

/** The place of a value, and what is needed to look further into it. */
export interface Found {
  place: Place;
  around: Surroundings;
  /** False when the path leads on to what does not exist. */
  whole: boolean;
}

/**
 * The place of what stands at `path` in a value of the catalog. For a missing property it is the place of the nearest
 * object around it; for a computed one the nearest expression or call, and not exact. Getters are never run.
 */
export function findPlace(sources: Sources, root: object, path: Path): Found | undefined {
  let around: Surroundings = { sources, calls: linkOf(root)?.calls ?? [] };
  let place = literalOf(sources, root) ?? callOf(sources, root);
  let value: unknown = root;
  let whole = true;
  for (const key of path) {
    const property = isObject(value) ? Object.getOwnPropertyDescriptor(value, key) : undefined;
    whole = property !== undefined;
    if (!isObject(value) || !property) break;
    const member = memberPlace({ object: value, key, known: place?.exact ? place : undefined }, around);
    const child = property.value as unknown;
    if (isObject(child)) around = { sources, calls: [...(linkOf(child)?.calls ?? []), ...around.calls] };
    const made = isObject(child) ? literalOf(sources, child) : undefined;
    place = made ? { ...made, ...(member?.key && { key: member.key }) } : (member ?? inexact(place));
    value = child;
  }
  return place && { place, around, whole };
}

/** The place of the key itself, for a property that should not be there or has a wrong name. */
export function findKey(sources: Sources, root: object, path: Path): Place | undefined {
  const found = findPlace(sources, root, path);
  if (!found) return undefined;
  if (found.whole && found.place.key) return { ...found.place.key, exact: true };
  return typeof path.at(-1) === "string" ? { ...found.place, exact: false } : found.place;
}

/** The outermost call that returned the value: the `define…()` it was given to. */
export function callOf(sources: Sources, value: object): Place | undefined {
  const call = linkOf(value)?.calls?.at(-1);
  const node = call && sources.tree(call.file)?.callAt(call.start);
  return node && { file: call.file, node, exact: false };
}

function inexact(place: Place | undefined): Place | undefined {
  return place && { file: place.file, node: place.node, exact: false };
}
