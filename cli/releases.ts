import { agreementsOf } from "../delivery/promotion/approval.ts";
import type { AnswerFormat } from "../delivery/promotion/format-answer.ts";
import { formatHistory } from "../delivery/promotion/format-history.ts";
import { formatOverview } from "../delivery/promotion/format-overview.ts";
import { freezeAt } from "../delivery/promotion/freezes.ts";
import { historyOf, type PromotionTold } from "../delivery/promotion/history.ts";
import { overviewOf } from "../delivery/promotion/overview.ts";
import { promotionReport } from "../delivery/promotion/report.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { loadProject } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";
import { showValue } from "../problems/show-value.ts";
import { atDesk, type Desk } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData } from "./terminal.ts";

/** `fairlead releases`. */
export async function releases(options: { platform?: string; format: "text" | "json" }): Promise<number> {
  const project = await loadProject(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  return atDesk({ root: project.root, platform, env: process.env }, async (desk) => {
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

/** What `fairlead history` is told. */
export interface HistoryOptions {
  platform?: string;
  env?: string;
  release?: string;
  format: AnswerFormat;
}

/** `fairlead history`, `fairlead history PROMOTION`. */
export async function history(id: string | undefined, options: HistoryOptions): Promise<number> {
  const project = await loadProject(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const environment = options.env === undefined ? undefined : chosenStop(platform, options.env);
  return atDesk({ root: project.root, platform, env: process.env }, async ({ ledger }) => {
    const read = await ledger.read();
    const { records } = read;
    const release =
      options.release === undefined ? undefined : findRelease(stateOf(records), options.release).digest;
    const all = historyOf(records, { environment, release });
    const chosen = id === undefined ? all : [promotionOf(id, all)];
    const [only] = id === undefined ? [] : chosen;
    const report = only && options.format === "markdown" && promotionReport(read, only.promotion);
    printData(report || formatHistory(chosen, options.format));
    return exitCodes.done;
  });
}

/** The promotion whose id begins so. Throws a UsageError where there is none, or more than one. */
function promotionOf(begin: string, all: readonly PromotionTold[]): PromotionTold {
  const found = all.filter(({ promotion }) => promotion.startsWith(begin));
  const [only] = found;
  if (only && found.length === 1) return only;
  const message = `${found.length === 0 ? "no promotion has" : `${found.length} promotions have`} an id that begins with ${showValue(begin)}`;
  const fix = "fairlead history --format json shows the ids";
  throw new UsageError([{ rule: "promotion/which", severity: "error", message, fix }]);
}
