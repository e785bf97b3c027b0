import { Kept } from "../kept.ts";
import type { WrittenQuery } from "../model.ts";
import type { Told } from "../problems.ts";
import type { Scope } from "./scope.ts";

/** What an entry came to, with all that was said of it on the way. */
interface Resolution<V> {
  value: V;
  told: readonly Told[];
  queries: readonly WrittenQuery[];
}

/**
 * What entries came to, for a catalog that is read again after an edit: an entry that is the same object as then, resolved against the same
 * objects, comes to the same, its problems and queries included.
 */
export class Resolved<V> {
  readonly #kept = new Kept<Resolution<V>>();

  /**
   * What `resolve` gives for `of`, or gave the last time. `against` must name everything that it reads beside `of` and the platform's name; all
   * but metrics is in one object, the scope's `base`.
   */
  get(
    scope: Pick<Scope, "described" | "problems" | "queries">,
    { of, against }: { of: object; against: readonly unknown[] },
    resolve: () => V,
  ): V {
    const { described, problems, queries } = scope;
    // What is said of an entry then depends on what is wrong in others.
    if (!problems.isWhole || described.unread.size > 0) return resolve();
    let isNew = false;
    const known = this.#kept.get({ owner: of, name: described.name, madeOf: () => [...against] }, () => {
      isNew = true;
      const first = queries.length;
      return { ...problems.recorded(resolve), queries: queries.slice(first) };
    });
    if (isNew) return known.value;
    for (const one of known.told) problems.add(...one);
    queries.push(...known.queries);
    return known.value;
  }
}
