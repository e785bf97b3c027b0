import { previewText } from "../delivery/promotion/format.ts";
import { abort, promote as bringIn, preview, resume } from "../delivery/promotion/promote.ts";
import type { Outcome, Site } from "../delivery/promotion/site.ts";
import { printableJson } from "../problems/printable.ts";
import { UsageError } from "../problems/problem.ts";
import { exitCodeOfAnswer } from "./exit-code-of-answer.ts";
import { type AtSiteOptions, atSite, digestOf, exitCodeOf, printed, secondsIn } from "./promotion-outcome.ts";
import { printData } from "./terminal.ts";

/** What `fairlead promote` is told. */
export interface PromoteOptions extends AtSiteOptions {
  wait?: true;
  dryRun?: true;
  resume?: true;
  abort?: true;
}

/** `fairlead promote RELEASE --env E`. */
export function promote(told: string | undefined, options: PromoteOptions): Promise<number> {
  if (told === undefined && !options.resume && !options.abort) throw new UsageError([WHICH]);
  return atSite(options, async (site) => {
    const release = told === undefined ? undefined : await digestOf(told, site);
    if (options.dryRun) return dryRun(release ?? "", { site, options });
    const outcome = await done(release, { site, options });
    printed(outcome, options);
    return exitCodeOf(outcome, options.abort ? "aborted" : "promoted");
  });
}

interface Told {
  site: Site;
  options: PromoteOptions;
}

function done(release: string | undefined, { site, options }: Told): Promise<Outcome> {
  if (options.resume) return resume(site, { release });
  if (options.abort) return abort(site, { release });
  return bringIn(
    { release: release ?? "", waitSeconds: options.wait && secondsIn(options.timeout, "--timeout") },
    site,
  );
}

async function dryRun(release: string, { site, options }: Told): Promise<number> {
  const found = await preview({ release, rollback: false }, site);
  printData(options.format === "json" ? printableJson(found) : previewText(found));
  return exitCodeOfAnswer(found.answer);
}

const WHICH = {
  rule: "promotion/which",
  severity: "error" as const,
  message: "it is not said which release is promoted",
  fix: "give its digest, or the begin of it; fairlead releases shows those that there are",
};
