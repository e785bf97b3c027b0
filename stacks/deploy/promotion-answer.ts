// Whether a release may enter, asked of the one function that answers it, with what it depends on as it is now.
import type { ReadLedger } from "../../delivery/ledger/ledger.ts";
import { entryFacts } from "../../delivery/promotion/facts.ts";
import { freezeAt } from "../../delivery/promotion/freezes.ts";
import { mayEnter } from "../../delivery/promotion/may-enter.ts";
import { openOf, type Requirement } from "../../delivery/promotion/requirement.ts";
import type { Answer, Asked, Site } from "../../delivery/promotion/site.ts";
import type { Desk } from "./promotion-desk.ts";

/** The answer for an environment, of the ledger as it was read at that moment. */
export function answering(desk: Desk, environment: string): Site["mayEnter"] {
  const { platform, promotion, people, signer } = desk;
  return async (asked: Asked, read: ReadLedger): Promise<Answer> => {
    const { release, rollback } = asked;
    // The way back waits neither for a remote nor for a commit to be read: nothing of it is asked about them.
    const given = rollback
      ? { platform, promotion, people, freezeAt }
      : await desk.given(read, { release, environment });
    const request = { release, environment, by: signer?.kid, at: new Date(), rollback };
    const { way, pending, asked: all } = mayEnter(request, await entryFacts(read, given));
    const open = openOf(all);
    if (open.length === 0) return { may: true, way, because: all.map(toldOf) };
    return { may: false, way, because: open.map(toldOf), ...(pending && { pending }) };
  };
}

function toldOf({ asked, answer, because, wayOut, isOverridden }: Requirement): string {
  if (answer === "met") return `${asked}: ${because}`;
  const over = isOverridden ? ", overridden" : "";
  return `${asked}: ${answer}${over}, ${because}${wayOut ? `; ${wayOut}` : ""}`;
}
