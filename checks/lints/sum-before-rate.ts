import { everyPart } from "../../model/promql/tree.ts";
import { inQueries, type Lint } from "./lint.ts";

const OF_COUNTERS = new Set(["rate", "irate", "increase"]);

/** Growth of a sum of counters: when one of them restarts, the sum falls, and all of it is taken for growth. */
export const sumBeforeRate: Lint = {
  rule: "lint/sum-before-rate",
  severity: "error",
  look: (subject) =>
    inQueries(subject, (part) => {
      if (part.kind !== "call" || !OF_COUNTERS.has(part.name)) return undefined;
      const [of] = part.args;
      const sum = of && everyPart(of).find((inner) => inner.kind === "aggregate");
      if (!sum) return undefined;
      return {
        message: `${part.name}() of ${sum.name}() sees a restart of one pod as a jump of all of them`,
        fix: `turn it round: ${sum.name}(${part.name}(…))`,
      };
    }),
};
