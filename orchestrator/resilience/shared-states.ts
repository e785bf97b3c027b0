import type { Database } from "../store/database.ts";
import { readSharedState, replaceSharedState } from "../store/shared-states.ts";
import type { StateStore } from "./state-store.ts";

/** States of one kind that all replicas share, in the orchestrator's database. */
export function sharedStates<T>(
  db: Database,
  kind: "breaker" | "mode" | "session" | "signal",
): StateStore<T> {
  return {
    read: async (name) => {
      const stored = await readSharedState<T>(db, `${kind}/${name}`);
      return stored && { version: stored.version, state: stored.value };
    },
    write: async (name, { state, version }) => {
      const next = { name: `${kind}/${name}`, value: state, expectedVersion: version };
      return (await replaceSharedState(db, next)) !== undefined;
    },
  };
}
