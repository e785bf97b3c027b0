import type { ReadLedger } from "../../delivery/ledger/ledger.ts";
import { asLedgerSays, EDITED, whyNotWritten } from "../../delivery/promotion/said-lock-file.ts";
import { stateOf } from "../../delivery/promotion/state.ts";
import { lockFilePath } from "../../model/lock-file.ts";
import type { Promotion } from "../../model/promotion.ts";
import type { Problem } from "../../problems/problem.ts";
import { foundLockFile } from "./found-lock-file.ts";

/**
 * Lock files that no promotion of a ledger has written, of today or of an older checkout. Each names a record: one that the ledger does not hold was
 * written by hand, or the ledger has lost its end since. A lock file that is not here, or cannot be seen, is no fault.
 */
export async function strangeLockFiles(
  read: ReadLedger,
  place: { root: string; platform: string; promotion: Promotion },
): Promise<Problem[]> {
  const state = stateOf(read.records);
  const problems: Problem[] = [];
  for (const { environment } of place.promotion.stops) {
    const found = await foundLockFile({ ...place, environment });
    if (found.kind === "none" || found.kind === "unseen") continue;
    const path = lockFilePath(place.platform, environment);
    if (found.kind === "unreadable") {
      const anew = asLedgerSays(state, { platform: place.platform, environment });
      const fix = `git restore ${path}, or have it as the ledger says: ${anew}`;
      problems.push({ rule: EDITED, severity: "error", message: `${path}: ${found.because}`, fix });
      continue;
    }
    const why = whyNotWritten(found, { state, ledger: read, environment });
    if (why === undefined) continue;
    problems.push({
      rule: EDITED,
      severity: "error",
      message: `${path}: ${why}`,
      fix: `git log -p -- ${path} shows who changed it; if nobody did, the ledger has lost records: bring it back from a copy that holds ${found.record}`,
    });
  }
  return problems;
}
