import type { Problem } from "../../problems/problem.ts";
import type { Outcome } from "./transaction.ts";

/** What an attempt that did not come about is told as: who refused, and what was left where. */
export function outcomeProblems({ kind, result, because, repositories }: Outcome): Problem[] {
  if (result === "committed") return [];
  const who = because
    ? `${because.name} refused: ${because.reason}`
    : "it was interrupted before every repository had its part";
  const refused: Problem = {
    ...{ rule: "change-set/refused", severity: "error" },
    message: `the ${kind} did not come about: ${who}`,
    fix: `mend what refused, and ${kind === "commit" ? "commit" : "roll back"} again`,
  };
  const left = repositories.flatMap((one): Problem[] =>
    one.result === "left"
      ? [
          {
            ...{ rule: "change-set/left", severity: "error" },
            message: `${one.name}: what was pushed to ${one.target} could not be taken back, or it is not known: ${one.reason}`,
            fix: "mend that, then: fairlead change-set resume",
          },
        ]
      : [],
  );
  return [refused, ...left];
}
