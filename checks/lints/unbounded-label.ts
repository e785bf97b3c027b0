import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** More values than this and every restart, and every pod, brings as many new series. */
const MOST_VALUES = 200;

/** Labels with so many values that nobody can say how many there will be. */
export const unboundedLabel: Lint = {
  rule: "lint/unbounded-label",
  severity: "warning",
  look: ({ platform }) =>
    platform.metrics.flatMap(({ name, labels, origin }) =>
      Object.entries(labels).flatMap(([label, values]) => {
        const count = Array.isArray(values) ? values.length : values.atMost;
        if (count <= MOST_VALUES) return [];
        return [
          {
            place: at(origin, "labels", label),
            message: `label "${label}" of "${name}" may have ${count} values, each a series of its own in every pod`,
            fix: `keep at most ${MOST_VALUES}: group the values, or put what is different each time into a log event`,
          },
        ];
      }),
    ),
};
