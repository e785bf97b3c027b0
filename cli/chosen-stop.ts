import type { Platform } from "../model/model.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";

/** An environment that the platform promotes releases to, as it was named, if one was. Throws a UsageError with the near match of any other. */
export function chosenStop<Name extends string | undefined>({ promotion }: Platform, name: Name): Name {
  if (name === undefined) return name;
  const all = promotion?.stops.map(({ environment }) => environment) ?? [];
  // Where nothing is promoted at all, that is what is said.
  if (promotion === undefined || all.includes(name)) return name;
  throw new UsageError(unknownChoices("environment", [name], all));
}
