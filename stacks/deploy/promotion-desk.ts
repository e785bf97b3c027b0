// Where it is asked what may enter, and agreed: the ledger of a platform, who is there, and all that the answer depends on.
import type { Ledger, ReadLedger } from "../../delivery/ledger/ledger.ts";
import { openLedger } from "../../delivery/ledger/open.ts";
import { freezeAt } from "../../delivery/promotion/freezes.ts";
import type { GivenFacts } from "../../delivery/promotion/requirement.ts";
import { stateOf } from "../../delivery/promotion/state.ts";
import { type ContentDigests, contentDigests } from "../../delivery/release/content.ts";
import { noPromotion } from "../../delivery/release/create.ts";
import { openSigner } from "../../delivery/signing/local-signer.ts";
import { readPeople } from "../../delivery/signing/people.ts";
import type { Person, Signer } from "../../delivery/signing/signer.ts";
import { modelAt } from "../../diff/index.ts";
import type { Platform } from "../../model/model.ts";
import type { Promotion } from "../../model/promotion.ts";
import { ProblemsError } from "../../problems/problem.ts";
import { foundLockFile } from "./found-lock-file.ts";

export interface Desk {
  platform: string;
  promotion: Promotion;
  people: readonly Person[];
  /** Whose key is here; absent where there is none. */
  signer: Signer | undefined;
  ledger: Ledger;
  /** The facts about a release in an environment as they are now. */
  given(read: ReadLedger, of: { release: string; environment: string }): Promise<GivenFacts>;
}

/** Whose desk it is, and who comes to it. */
export interface Visit {
  root: string;
  platform: Platform;
  env: NodeJS.ProcessEnv;
  /** Who only looks needs no key: `as oneself` one that is none of the project's keeps nobody from it, `as anybody` none is asked for. */
  looks?: "as oneself" | "as anybody";
}

/** Opens the ledger of a platform for whoever is here; `use` may read and write it, or only look. Throws a ProblemsError where nothing is promoted there. */
export async function atDesk<T>(visit: Visit, use: (desk: Desk) => Promise<T>): Promise<T> {
  const { root, platform, env } = visit;
  const { promotion, name } = platform;
  if (!promotion) throw new ProblemsError([noPromotion(platform)]);
  const people = await readPeople(root);
  const signer = await signerFor(visit, people);
  const ledger = openLedger(promotion.ledger, { root, platform: name, signer, people, env });
  const digestsAt = digestsByCommit(root, name);
  const given: Desk["given"] = async (read, { release: digest, environment }) => {
    const release = stateOf(read.records).releases.get(digest)?.release;
    return {
      ...{ platform: name, promotion, people, freezeAt },
      lockFile: await foundLockFile({ root, platform: name, promotion, environment }),
      atCommit: release && (await digestsAt(release.commit)),
    };
  };
  try {
    return await use({ platform: name, promotion, people, signer, ledger, given });
  } finally {
    await ledger.close();
  }
}

async function signerFor({ env, looks }: Visit, people: readonly Person[]): Promise<Signer | undefined> {
  if (looks === "as anybody") return undefined;
  return openSigner(env, people).catch((error: unknown) => {
    if (looks && error instanceof ProblemsError) return undefined;
    throw error;
  });
}

/** Catalog and policies at a commit, each read once; nothing of one that is not here, or cannot be read. */
function digestsByCommit(
  root: string,
  name: string,
): (commit: string) => Promise<ContentDigests | undefined> {
  const known = new Map<string, Promise<ContentDigests | undefined>>();
  const readAt = async (commit: string) => {
    try {
      const platform = (await modelAt(commit, root, { lockFiles: [] })).model.platforms.find(
        (one) => one.name === name,
      );
      return platform && contentDigests(platform);
    } catch (error) {
      if (error instanceof ProblemsError) return undefined;
      throw error;
    }
  };
  return (commit) => {
    const digests = known.get(commit) ?? readAt(commit);
    known.set(commit, digests);
    return digests;
  };
}
