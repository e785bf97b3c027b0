import { at } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";

/** Runbooks that say what to think of and nothing to look at. */
export const diagnosisWithoutQuery: Lint = {
  rule: "lint/diagnosis-without-query",
  severity: "warning",
  look: ({ platform }) =>
    [...platform.alerts.filter(({ source }) => source === "catalog"), ...platform.slos].flatMap(
      ({ name, runbook, origin }): Finding[] => {
        if (runbook.diagnosis.some(({ query, command }) => query !== undefined || command !== undefined))
          return [];
        return [
          {
            place: at(origin, "runbook", "diagnosis"),
            message: `no step of the diagnosis of "${name}" has a query or a command`,
            fix: "give the first step the query that tells whether it is still so",
          },
        ];
      },
    ),
};
