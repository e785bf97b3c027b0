import { stateOf } from "../delivery/promotion/state.ts";
import { printable } from "../problems/printable.ts";
import { atChosenDesk } from "./at-chosen-desk.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData } from "./terminal.ts";

/** What `fairlead hold` and `let-go` are told. */
export interface HoldOptions {
  env: string;
  platform?: string;
  because: string;
}

/** `fairlead hold --env E --because …` and `fairlead let-go`. One that is so already stays so, and nothing is recorded. */
export function hold(kind: "hold" | "let-go", options: HoldOptions): Promise<number> {
  return atChosenDesk(options, async ({ ledger }, environment) => {
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
