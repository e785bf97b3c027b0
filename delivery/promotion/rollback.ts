import { ProblemsError } from "../../problems/problem.ts";
import { type Held, promotionOf, takeOver } from "./lease.ts";
import { begin, carryOut } from "./promote.ts";
import type { Outcome, Site } from "./site.ts";
import { type DeliveryState, type PromotionState, stateOf, stayNow } from "./state.ts";
import { goBack, takeBack } from "./take-back.ts";
import { wayBackOf } from "./way-back.ts";

/** Which release is to run there again, and why. */
export interface RollbackRequest {
  /** Digest of a release that was verified there; the last one unless told. */
  to?: string | undefined;
  because: string;
}

/**
 * Brings back a release that was verified in the environment, and holds the environment. Asks neither Prometheus nor a gate, and nobody's leave: what
 * is under way there is taken over, whoever holds it, and taken back first. Returns once the ledger has it. Throws a ProblemsError where there is
 * nothing to go back to; what `site.signal` aborts with leaves it under way, for `resume`.
 */
export async function rollback({ to, because }: RollbackRequest, site: Site): Promise<Outcome> {
  const state = stateOf((await site.ledger.read()).records);
  const underWay = state.environments.get(site.environment)?.underWay;
  if (underWay !== undefined) {
    const outcome = await stop(underWay, because, site);
    if (to === undefined || outcome.runs === to) return outcome;
  }
  const release = to ?? lastVerified(state, site.environment);
  if (release === undefined) throw new ProblemsError([nothingBefore(site)]);
  return carryOut(await begin({ release, rollback: true, because }, site), site);
}

/** Takes over what is under way and takes it back; a rollback that somebody began is gone on with. */
async function stop(id: string, because: string, site: Site): Promise<Outcome> {
  const { held, read } = await takeOver(id, site, () => undefined);
  try {
    const promotion = promotionOf(stateOf(read.records), id);
    if (promotion.way === "rollback") return await carryOut(held, site);
    return await back(promotion, held, { because, site });
  } finally {
    held.rest();
  }
}

function back(
  promotion: PromotionState,
  held: Held,
  { because, site }: { because: string; site: Site },
): Promise<Outcome> {
  const before = wayBackOf(promotion);
  if (before) return goBack(site, held, { ...before, holds: true });
  return takeBack(site, held, { outcome: "rolled-back", because, holds: true, inconclusive: false });
}

/** The release that was verified last in an environment before the one that runs there; none that was itself taken back since. */
export function lastVerified(state: DeliveryState, environment: string): string | undefined {
  const stays = state.environments.get(environment)?.stays ?? [];
  const running = stayNow(state, environment)?.release;
  return stays
    .map(({ release }) => release)
    .findLast((release) => release !== running && !wasTakenBack(state, { environment, release }));
}

/** Whether the last that became of a release there is that it was taken back. */
function wasTakenBack(
  { promotions }: DeliveryState,
  { environment, release }: { environment: string; release: string },
): boolean {
  const ended = [...promotions.values()].filter((one) => one.environment === environment && one.ended);
  const last = ended.findLast((one) => one.release === release || one.from === release);
  if (!last) return false;
  return last.way === "rollback" ? last.from === release : takenBackBy(last, release);
}

function takenBackBy({ release: promoted, ended }: PromotionState, release: string): boolean {
  return promoted === release && ended?.outcome !== "promoted";
}

function nothingBefore({ environment, platform }: Site) {
  return {
    rule: "promotion/no-way-back",
    severity: "error" as const,
    message: `no other release was verified in ${environment} and stayed so`,
    fix: `name one that ran there: fairlead rollback --platform ${platform} --env ${environment} --to RELEASE --because REASON; or promote one that mends it, by the way of hotfixes`,
  };
}
