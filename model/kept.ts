import { keepEqual } from "./keep-equal.ts";
import type { Artifact } from "./model.ts";

let isKeeping = true;

/**
 * For a process that reads each text once: from now on nothing is kept, and the texts of artifacts are made when they are read. All of
 * them at once are half a gigabyte where there are a thousand SLOs.
 */
export function keepNothing(): void {
  isKeeping = false;
}

/** An artifact of one of many files: its text is made now, or with each reading where nothing is kept. */
export function artifactOf(about: Omit<Artifact, "content">, write: () => string): Artifact {
  if (isKeeping) return { ...about, content: write() };
  return {
    ...about,
    get content() {
      return write();
    },
  };
}

/** What was made before, found again by what it was made of: of an edited catalog most files stay as they are. */
export class Kept<V> {
  readonly #made = new WeakMap<object, Map<string, { of: readonly unknown[]; value: V }>>();

  /**
   * What `make` gave the last time for `name` of `owner`, if all that it is made of is the same as it was then, by reference.
   * `madeOf` must name everything that `make` reads beside the owner itself.
   */
  get({ owner, name, madeOf }: { owner: object; name: string; madeOf: () => unknown[] }, make: () => V): V {
    if (!isKeeping) return make();
    const of = madeOf();
    const named = this.#made.get(owner) ?? new Map<string, { of: readonly unknown[]; value: V }>();
    this.#made.set(owner, named);
    const known = named.get(name);
    if (known && known.of.length === of.length && known.of.every((one, i) => Object.is(one, of[i])))
      return known.value;
    const value = make();
    named.set(name, { of, value });
    return value;
  }
}

/** What was worked out before, so that what equals it is the same object again: whoever reads it can tell whether it has changed. */
export class Same<V> {
  readonly #before = new WeakMap<object, V>();

  /** `value`, with those of its parts in place that `owner` had before and that equal them. It must be nobody else's. */
  of(owner: object, value: V): V {
    if (!isKeeping) return value;
    const same = keepEqual(this.#before.get(owner), value);
    this.#before.set(owner, same);
    return same;
  }
}
