// Whether a release may enter, asked of the one function that answers it, with what it depends on as it is now.
import type { ReadLedger } from "../../delivery/ledger/ledger.ts";
import { entryFacts } from "../../delivery/promotion/facts.ts";
import { freezeAt } from "../../delivery/promotion/freezes.ts";
import { mayEnter } from "../../delivery/promotion/may-enter.ts";
import type { EntryFacts, LockFileFound, Requirement } from "../../delivery/promotion/requirement.ts";
import type { Answer, Asked, Site } from "../../delivery/promotion/site.ts";
import { stateOf } from "../../delivery/promotion/state.ts";
import { lockFileFound } from "../../delivery/release/lock-file.ts";
import { modelAt } from "../../diff/index.ts";
import type { Person } from "../../delivery/signing/signer.ts";
import type { Promotion } from "../../model/promotion.ts";

/** What the answer depends on, and who asks. */
export interface Answering {
  root: string;
  platform: string;
  environment: string;
  promotion: Promotion;
  people: readonly Person[];
  by: string;
  /** The lock file as it lies there. */
  lockFile: () => Promise<string | undefined>;
}

/** The answer, of the ledger as it was read at that moment. */
export function answering(of: Answering): Site["mayEnter"] {
  const atCommit = commitsOf(of);
  return async (asked: Asked, read: ReadLedger): Promise<Answer> => {
    const { environment, by, people, platform, promotion } = of;
    const request = { release: asked.release, environment, by, at: new Date(), rollback: asked.rollback };
    const release = stateOf(read.records).releases.get(asked.release)?.release;
    const facts = await entryFacts(read, {
      ...{ platform, promotion, people, freezeAt },
      lockFile: foundIn(await of.lockFile(), of),
      // Nothing of a rollback waits for it.
      ...(release && !asked.rollback && { atCommit: await atCommit(release.commit) }),
    });
    const { may, way, pending, asked: all } = mayEnter(request, facts);
    return { may, way, because: (may ? all : all.filter(isOpen)).map(toldOf), ...(pending && { pending }) };
  };
}
