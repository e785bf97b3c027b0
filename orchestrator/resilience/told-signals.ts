import { changeState, type StateStore } from "./state-store.ts";

/** A signal that a person or another system told: it holds until somebody tells it anew. */
export interface ToldSignal {
  value: number;
  by: string;
  because: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** All of them, by signal. */
export type Told = Readonly<Record<string, ToldSignal>>;

// One state holds them all: they are few, and read together.
const NAME = "told";

/** What was told; nothing where nobody has told anything. Rejects when the store does not answer. */
export async function toldSignals(store: StateStore<Told>): Promise<Told> {
  return (await store.read(NAME))?.state ?? {};
}

/** Stores what somebody tells. */
export async function tellSignal(
  store: StateStore<Told>,
  { signal, ...told }: ToldSignal & { signal: string },
): Promise<void> {
  await changeState(store, NAME, { initial: () => ({}), change: (known) => ({ ...known, [signal]: told }) });
}
