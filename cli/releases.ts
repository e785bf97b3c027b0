import { agreementsOf } from "../delivery/promotion/approval.ts";
import type { AnswerFormat } from "../delivery/promotion/format-answer.ts";
import { formatHistory } from "../delivery/promotion/format-history.ts";
import { formatOverview } from "../delivery/promotion/format-overview.ts";
import { freezeAt } from "../delivery/promotion/freezes.ts";
import { findPromotion, historyOf } from "../delivery/promotion/history.ts";
import { overviewOf } from "../delivery/promotion/overview.ts";
import { promotionReport } from "../delivery/promotion/report.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { atDesk, type Desk } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { printData } from "./terminal.ts";

/** `fairlead releases`. */
export async function releases(options: { platform?: string; format: "text" | "json" }): Promise<number> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  return atDesk({ root: project.root, platform, env: process.env, looks: true }, async (desk) => {
    printData(formatOverview(await overviewAt(desk), options.format));
    return exitCodes.done;
  });
}

async function overviewAt({ platform, promotion, ledger, people, given, signer }: Desk) {
  const read = await ledger.read();
  const agreements = await agreementsOf(read.records, people);
  return overviewOf(
    { platform, promotion, freezeAt },
    {
      ...{ records: read.records, at: new Date(), by: signer?.kid },
      factsFor: async (of) => ({ ...(await given(read, of)), ledger: read, agreements }),
    },
  );
}

/** `fairlead history [PROMOTION]`: all that there were, or the report of one. */
export async function history(
  promotion: string | undefined,
  options: { platform?: string; env?: string; release?: string; format: AnswerFormat },
): Promise<number> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const environment = options.env === undefined ? undefined : chosenStop(platform, options.env);
  return atDesk({ root: project.root, platform, env: process.env, looks: true }, async ({ ledger }) => {
    const read = await ledger.read();
    const { records } = read;
    if (promotion !== undefined) {
      const found = findPromotion(stateOf(records), promotion);
      if (options.format === "json")
        printData(formatHistory(historyOf(records, { promotion: found.id }), options.format));
      else printData(promotionReport(read, found).trimEnd());
      return exitCodes.done;
    }
    const release =
      options.release === undefined ? undefined : findRelease(stateOf(records), options.release).digest;
    printData(formatHistory(historyOf(records, { environment, release }), options.format));
    return exitCodes.done;
  });
}
