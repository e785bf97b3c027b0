import { existsSync } from "node:fs";
import { EFFECTS } from "../delivery/plan/changes.ts";
import { planFolder } from "../delivery/plan/saved-plan.ts";
import { printable, printableJson } from "../problems/printable.ts";
import { type Problem, UsageError } from "../problems/problem.ts";
import { type Applied, applyPlan } from "../stacks/deploy/apply.ts";
import { PLANS } from "../stacks/deploy/plan.ts";
import { exitCodes } from "./exit-codes.ts";
import { onInterrupt } from "./run.ts";
import { printData, printNote } from "./terminal.ts";

export interface ApplyOptions {
  digest?: string;
  confirmContext?: string;
  confirmDestroy?: string[];
  format: "text" | "json";
}

// As many digits as `plan` shows at least; fewer would be found by trying.
const DIGEST = /^(?:sha256:)?[0-9a-f]{12,64}$/;

function noDigest(given: string): Problem {
  return {
    rule: "plan/no-digest",
    severity: "error",
    message: `${JSON.stringify(given)} is no digest of a plan`,
    fix: "give 12 of its digits or more, as `fairlead plan` printed them",
  };
}

/** `fairlead apply DIGEST|DIR`. */
export async function apply(plan: string, options: ApplyOptions): Promise<number> {
  const namesDigest = DIGEST.test(plan);
  if (options.digest !== undefined && !DIGEST.test(options.digest))
    throw new UsageError([noDigest(options.digest)]);
  const interruption = new AbortController();
  onInterrupt(() => {
    printNote("interrupted: Terraform finishes what it has begun");
    interruption.abort(new Error("interrupted"));
  });
  try {
    const applied = await applyPlan({
      folder: namesDigest && !existsSync(plan) ? await planFolder(PLANS, plan) : plan,
      // Also of a folder that is called like a digest: whoever made it must not choose what is applied.
      digest: options.digest ?? (namesDigest ? plan : undefined),
      confirmedContext: options.confirmContext,
      confirmedLosses: options.confirmDestroy ?? [],
      signal: interruption.signal,
      say: (line) => printNote(printable(line)),
    });
    printData(options.format === "json" ? printableJson(applied) : text(applied));
    return exitCodes.done;
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    return exitCodes.interrupted;
  }
}

function text({ digest, platform, environment, layers }: Applied): string {
  const all = layers.flatMap(({ changes }) => changes);
  const counts = EFFECTS.map((effect) => [effect, all.filter((one) => one.effect === effect).length] as const)
    .filter(([, number]) => number > 0)
    .map(([effect, number]) => `${number} ${effect}`);
  const did = counts.length > 0 ? counts.join(", ") : "there was nothing to change";
  const waiting = layers.flatMap(({ layer, waits }) => (waits === undefined ? [] : [`  ${layer}: ${waits}`]));
  return [`Applied ${digest.slice(0, 12)} to ${platform} in ${environment}: ${did}.`, ...waiting].join("\n");
}
