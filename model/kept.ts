let isKeeping = false;

/** From now on what is made is kept. A process that makes everything once would only hold all of it in memory. */
export function keepWhatIsMade(): void {
  isKeeping = true;
}

/** What was made before, found again by what it was made of: of an edited catalog most files stay as they are. */
export class Kept<V> {
  readonly #made = new WeakMap<object, Map<string, { of: readonly unknown[]; value: V }>>();

  /**
   * What `make` gave the last time for `name` of `owner`, if all that it is made `of` is the same as it was then, by reference.
   * `of` must name everything that `make` reads beside the owner itself.
   */
  get({ owner, name, of }: { owner: object; name: string; of: readonly unknown[] }, make: () => V): V {
    if (!isKeeping) return make();
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
