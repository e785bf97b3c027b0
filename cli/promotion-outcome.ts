import { duration, secondsOf } from "../catalog/units.ts";
import { outcomeText } from "../delivery/promotion/format.ts";
import { type Outcome, RefusedError, type Site } from "../delivery/promotion/site.ts";
import { stateOf } from "../delivery/promotion/state.ts";
import { findRelease } from "../delivery/release/find.ts";
import { printable, printableJson } from "../problems/printable.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { showValue } from "../problems/show-value.ts";
import { flagCanaryOf } from "../stacks/deploy/flag-canary.ts";
import { atDesk } from "../stacks/deploy/promotion-desk.ts";
import { siteOf } from "../stacks/deploy/promotion-site.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { exitCodeOfAnswer } from "./exit-code-of-answer.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { onInterrupt, printProblems } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

/** What commands that change what runs in an environment are told. */
export interface AtSiteOptions {
  env: string;
  platform?: string;
  timeout: string;
  confirmContext?: string;
  flag?: string;
  orchestrator?: string;
  measure?: string;
  observe?: string;
  format: "text" | "json";
}

/** Does something at the site of an environment, told line by line on standard error, and prints how it ended. */
export async function atSite(options: AtSiteOptions, work: (site: Site) => Promise<number>): Promise<number> {
  const interruption = new AbortController();
  onInterrupt(() => interruption.abort(new Error("interrupted")));
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const { env: environment, confirmContext: confirmedContext } = options;
  const timeoutSeconds = secondsIn(options.timeout, "--timeout");
  const say = (line: string) => printNote(printable(line));
  const about = { project, platform, environment, timeoutSeconds };
  const observe = secondsIn(options.observe ?? "10m", "--observe");
  const canary = flagCanaryOf({ ...options, ...about, observe, env: process.env });
  return atDesk({ root: project.root, platform, env: process.env }, async (desk) => {
    const site = siteOf({ ...about, confirmedContext, canary, signal: interruption.signal, say }, desk);
    try {
      return await work(site);
    } catch (error) {
      if (error instanceof RefusedError) return refused(error, options);
      if (!interruption.signal.aborted || error instanceof ProblemsError) throw error;
      printNote(
        `interrupted: what is under way stays so; fairlead promote --platform ${platform.name} --env ${environment} --resume, or --abort`,
      );
      return exitCodes.interrupted;
    }
  });
}

/** Seconds of a span of time as the catalog writes it. Throws a UsageError that names the option. */
export function secondsIn(text: string, option: string): number {
  const parsed = duration.safeParse(text);
  if (parsed.success) return secondsOf(parsed.data);
  const message = `${option} is ${showValue(text)}, and no span of time`;
  throw new UsageError([
    { rule: "promotion/span", severity: "error", message, fix: "write it like 90s, 30m or 2h" },
  ]);
}

/** The digest of the release of the site's ledger that begins as told. Throws a UsageError where there is none, or more than one. */
export async function digestOf(told: string, { ledger }: Site): Promise<string> {
  return findRelease(stateOf((await ledger.read()).records), told).digest;
}

/** Prints how a promotion ended. */
export function printed(outcome: Outcome, { format }: Pick<AtSiteOptions, "format">): void {
  printData(format === "json" ? printableJson(outcome) : outcomeText(outcome));
}

/** 0 where it ended as it was wanted to. */
export function exitCodeOf({ outcome, inconclusive }: Outcome, wanted: Outcome["outcome"]): number {
  if (outcome === wanted) return exitCodes.done;
  return inconclusive ? exitCodes.inconclusive : exitCodes.problems;
}

async function refused({ problems, pending }: RefusedError, { format }: AtSiteOptions): Promise<number> {
  if (format === "json") printData(printableJson({ may: false, pending, problems }));
  else await printProblems(problems);
  return exitCodeOfAnswer({ may: false, pending });
}
