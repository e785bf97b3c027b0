import { abort, preview, promote as bringIn, resume } from "../delivery/promotion/promote.ts";
import { RefusedError, type Site } from "../delivery/promotion/site.ts";
import { exitCodes } from "./exit-codes.ts";
import { atSite, type AtSiteOptions, exitCodeOf, printOutcome } from "./promotion-outcome.ts";
import { printProblems } from "./run.ts";
import { printData } from "./terminal.ts";
import { printableJson } from "../problems/printable.ts";
import { previewText } from "../delivery/promotion/format.ts";
import { releaseOf } from "../delivery/promotion/release-of.ts";

/** What `fairlead promote` is told. */
export interface PromoteOptions extends AtSiteOptions {
  wait?: true;
  dryRun?: true;
  resume?: true;
  abort?: true;
}
