// Whether a release may enter, asked of the one function that answers it, with what it depends on as it is now.
import type { ReadLedger } from "../../delivery/ledger/ledger.ts";
import { entryFacts } from "../../delivery/promotion/facts.ts";
import { freezeAt } from "../../delivery/promotion/freezes.ts";
import { mayEnter } from "../../delivery/promotion/may-enter.ts";
import type { EntryFacts, LockFileFound, Requirement } from "../../delivery/promotion/requirement.ts";
import type { Answer, Asked, Site } from "../../delivery/promotion/site.ts";
import { stateOf } from "../../delivery/promotion/state.ts";
import { type ContentDigests, contentDigests } from "../../delivery/release/content.ts";
import { lockFile } from "../../delivery/release/lock-file.ts";
import type { Person } from "../../delivery/signing/signer.ts";
import { modelAt } from "../../diff/index.ts";
import type { Promotion } from "../../model/promotion.ts";
import { ProblemsError } from "../../problems/problem.ts";

/** What the answer depends on, and who asks. */
export interface Answering {
  root: string;
  platform: string;
  environment: string;
  promotion: Promotion;
  people: readonly Person[];
  by: string;
  /** Text of the lock file as it lies there. */
  lockFile: () => Promise<string | undefined>;
}

/** The answer, of the ledger as it was read at that moment. */
export function answering(of: Answering): Site["mayEnter"] {
  const { platform, environment, promotion, people, by } = of;
  const digestsAt = atCommits(of);
  return async (asked: Asked, read: ReadLedger): Promise<Answer> => {
    const { release: digest, rollback } = asked;
    const release = stateOf(read.records).releases.get(digest)?.release;
    const facts = await entryFacts(read, {
      ...{ platform, promotion, people, freezeAt },
      lockFile: lockFileFound(await of.lockFile()),
      // The way back does not wait until a commit has been read.
      ...(release && !rollback && { atCommit: await digestsAt(release.commit) }),
    });
    const answer = mayEnter({ release: digest, environment, by, at: new Date(), rollback }, facts);
    const open = answer.asked.filter((one) => isOpen(one, asked));
    if (open.length === 0) return { may: true, way: answer.way, because: answer.asked.map(toldOf) };
    return {
      may: false,
      way: answer.way,
      because: open.map(toldOf),
      ...(answer.pending && { pending: answer.pending }),
    };
  };
}

/** The way back writes the lock file anew: that somebody has edited it is a reason to go, and none to stay. */
function isOpen({ id, answer, isOverridden }: Requirement, { rollback }: Asked): boolean {
  return answer !== "met" && !isOverridden && !(rollback && id === "lock-file");
}

function toldOf({ asked, answer, because, wayOut }: Requirement): string {
  return `${asked}: ${answer === "met" ? "" : `${answer}, `}${because}${wayOut && answer !== "met" ? `; ${wayOut}` : ""}`;
}

function lockFileFound(text: string | undefined): LockFileFound {
  if (text === undefined) return { kind: "none" };
  try {
    const { release, images, promotion, record } = lockFile.parse(JSON.parse(text));
    return { kind: "read", release, images, promotion, record };
  } catch {
    return { kind: "unreadable", because: "it is not as a promotion writes it" };
  }
}

/** What catalog and policies are at a commit, each read once; nothing for one that is not here, or whose catalog cannot be read. */
function atCommits({ root, platform: name }: Answering): (commit: string) => Promise<EntryFacts["atCommit"]> {
  const known = new Map<string, Promise<ContentDigests | undefined>>();
  const read = async (commit: string) => {
    try {
      const { model } = await modelAt(commit, root);
      const platform = model.platforms.find((one) => one.name === name);
      return platform && contentDigests(platform);
    } catch (error) {
      if (error instanceof ProblemsError) return undefined;
      throw error;
    }
  };
  return (commit) => {
    const digests = known.get(commit) ?? read(commit);
    known.set(commit, digests);
    return digests;
  };
}
