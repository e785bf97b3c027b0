import { resolve } from "node:path";
import type { LedgerPlace } from "../../model/promotion.ts";
import type { Person, Signer } from "../signing/signer.ts";
import { ChainedLedger } from "./chained-ledger.ts";
import { FolderStore } from "./folder-store.ts";
import { GitStore } from "./git-store.ts";
import type { Ledger, LedgerStore } from "./ledger.ts";
import { PostgresStore } from "./postgres-store.ts";
import { SeenHeads } from "./seen-heads.ts";

/** What a ledger is opened with. */
export interface OpenLedger {
  /** The project's. */
  root: string;
  platform: string;
  /** Who writes; without one it can be read alone. */
  signer?: Signer | undefined;
  /** Those of approvers.json. */
  people: readonly Person[];
  env: NodeJS.ProcessEnv;
  /** For tests: what time it is. */
  now?: () => Date;
}

/** Opens a platform's ledger, wherever it is kept; one that has no record yet is empty. Nothing is read before it is asked for. */
export function openLedger(place: LedgerPlace, options: OpenLedger): Ledger {
  const { root, platform, signer, people, now = () => new Date() } = options;
  const store = openStore(place, options);
  return new ChainedLedger(store, { platform, signer, people, now, seen: new SeenHeads(root) });
}

function openStore(place: LedgerPlace, { root, platform, env }: OpenLedger): LedgerStore {
  switch (place.kind) {
    case "folder":
      return new FolderStore(resolve(root, place.folder), place.folder);
    case "git":
      return new GitStore({ remote: place.remote, ref: place.ref, root, env });
    case "postgres":
      return new PostgresStore({ platform, variable: place.variable, env });
  }
}
