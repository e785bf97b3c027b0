/** A state as it was read: `version` is what a write must name, so that of two writers one begins anew. */
export interface Versioned<T> {
  version: number;
  state: T;
}

/**
 * Where states that replicas share are kept, by name. `write` replaces the state of the given version (0: there was none) by the next
 * version and says whether it did; it does nothing where another writer came first.
 */
export interface StateStore<T> {
  read(name: string): Promise<Versioned<T> | undefined>;
  write(name: string, next: { state: T; version: number }): Promise<boolean>;
}

/** A store of this process alone: for what each replica knows for itself. */
export function ownStates<T>(): StateStore<T> {
  const states = new Map<string, Versioned<T>>();
  return {
    read: async (name) => states.get(name),
    write: async (name, { state, version }) => {
      if ((states.get(name)?.version ?? 0) !== version) return false;
      states.set(name, { state, version: version + 1 });
      return true;
    },
  };
}

// Each time that a write fails, another writer's has succeeded.
const TRIES = 1000;

/**
 * Replaces a state by what `change` makes of it, as often anew as other writers come first; a change that returns the same object is
 * not written. Rejects when the store does not answer.
 */
export async function changeState<T>(
  store: StateStore<T>,
  name: string,
  { initial, change }: { initial: () => T; change: (state: T) => T },
): Promise<{ before: T; after: T }> {
  for (let i = 0; i < TRIES; i++) {
    const stored = await store.read(name);
    const before = stored?.state ?? initial();
    const after = change(before);
    if (after === before) return { before, after };
    if (await store.write(name, { state: after, version: stored?.version ?? 0 })) return { before, after };
  }
  throw new Error(`the state of "${name}" could not be written: others wrote it ${TRIES} times meanwhile`);
}
