import type { EntryOf } from "../ledger/entry.ts";
import { findByBegin } from "../ledger/find-by-begin.ts";
import type { LedgerRecord } from "../ledger/record.ts";
import { type DeliveryState, type PromotionState, stateOf } from "./state.ts";

/** One promotion as it went: plain JSON. */
export interface PromotionTold {
  promotion: string;
  environment: string;
  release: string;
  /** The release that ran there before. */
  from?: string;
  way: EntryOf<"begun">["way"];
  by: string;
  begunAt: string;
  /** Absent while it is under way. */
  endedAt?: string;
  seconds?: number;
  outcome: EntryOf<"ended">["outcome"] | "under way";
  /** The release that ran there afterwards. */
  runs?: string;
  says?: string;
  /** What was asked of it, and what answered it. */
  because: readonly string[];
}

/** The promotion of an id, or of the begin of one. Throws a UsageError where there is none, or several. */
export function findPromotion(
  { promotions }: Pick<DeliveryState, "promotions">,
  begin: string,
): PromotionState {
  return findByBegin(begin, {
    ...{ rule: "promotion/unknown", what: "promotion", by: "id" },
    all: [...promotions.values()],
    isMeant: ({ id }) => id.startsWith(begin),
    fix: "fairlead history shows them",
  });
}

/** The promotions of a ledger, newest first: all, or those of an environment or a release. */
export function historyOf(
  records: readonly LedgerRecord[],
  only: {
    environment?: string | undefined;
    release?: string | undefined;
    promotion?: string | undefined;
  } = {},
): PromotionTold[] {
  const all = [...stateOf(records).promotions.values()].filter(
    ({ environment, release, id }) =>
      (only.environment ?? environment) === environment &&
      (only.release ?? release) === release &&
      (only.promotion ?? id) === id,
  );
  return all
    .reverse()
    .map(({ id, environment, release, from, way, requestedBy, begunAt, ended, because }) => ({
      ...{ promotion: id, environment, release, way, by: requestedBy, begunAt, because },
      ...(from !== undefined && { from }),
      outcome: ended?.outcome ?? "under way",
      ...(ended && {
        endedAt: ended.at,
        seconds: (Date.parse(ended.at) - Date.parse(begunAt)) / 1000,
        ...(ended.runs !== undefined && { runs: ended.runs }),
        ...(ended.says !== undefined && { says: ended.says }),
      }),
    }));
}
