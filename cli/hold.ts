import { stateOf } from "../delivery/promotion/state.ts";
import { printable } from "../problems/printable.ts";
import { atDesk } from "../stacks/deploy/promotion-desk.ts";
import { chosenPlatform } from "./chosen-platform.ts";
import { chosenStop } from "./chosen-stop.ts";
import { exitCodes } from "./exit-codes.ts";
import { loadForLedger } from "./load-for-ledger.ts";
import { printData } from "./terminal.ts";

/** What `fairlead hold` and `let-go` are told. */
export interface HoldOptions {
  env: string;
  platform?: string;
  because: string;
}

/** `fairlead hold --env E --because …` and `fairlead let-go`. One that is so already stays so, and nothing is recorded. */
export async function hold(kind: "hold" | "let-go", options: HoldOptions): Promise<number> {
  const project = await loadForLedger(process.cwd());
  const platform = chosenPlatform(project, options.platform);
  const environment = chosenStop(platform, options.env);
  return atDesk({ root: project.root, platform, env: process.env }, async ({ ledger }) => {
    const { because } = options;
    await ledger.add(({ records }) => {
      const held = stateOf(records).environments.get(environment)?.held;
      const isSo = kind === "hold" ? held?.because === because : held === undefined;
      return isSo ? undefined : { kind, environment, because };
    });
    printData(
      printable(kind === "hold" ? `${environment} is held: ${because}` : `${environment} is not held`),
    );
    return exitCodes.done;
  });
}
