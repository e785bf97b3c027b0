import type { Flag } from "../model.ts";
import { at } from "../problems.ts";
import type { Scope } from "./scope.ts";

/** Flags with the weights of each step in whole numbers, as flagd takes them. */
export function resolveFlags({ described, references }: Scope): Flag[] {
  return described.entries.flags.map(({ spec: { steps, ...spec }, name, origin }) => {
    references.check("services", spec.service, at(origin, "service"));
    return { ...spec, name, origin, steps: steps.map(weightsOf) };
  });
}

/** Of "0.5%": 5 of 1,000. */
function weightsOf(share: string): Flag["steps"][number] {
  const [whole = "", decimals = ""] = share.slice(0, -1).split(".");
  return { share, canary: Number(whole + decimals), of: 100 * 10 ** decimals.length };
}
