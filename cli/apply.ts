import { existsSync } from "node:fs";
import { EFFECTS } from "../delivery/plan/changes.ts";
import { planFolder } from "../delivery/plan/saved-plan.ts";
import { printable, printableJson } from "../problems/printable.ts";
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

/** `fairlead apply DIGEST|DIR`. */
export async function apply(plan: string, options: ApplyOptions): Promise<number> {
  const isDigest = /^(?:sha256:)?[0-9a-f]{6,64}$/.test(plan) && !existsSync(plan);
  const interruption = new AbortController();
  onInterrupt(() => {
    printNote("interrupted: Terraform finishes what it has begun");
    interruption.abort(new Error("interrupted"));
  });
  try {
    const applied = await applyPlan({
      folder: isDigest ? await planFolder(PLANS, plan) : plan,
      digest: options.digest ?? (isDigest ? plan : undefined),
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
