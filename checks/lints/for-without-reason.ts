import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Alerts that wait and do not say what for. */
export const forWithoutReason: Lint = {
  rule: "lint/for-without-reason",
  severity: "error",
  look: ({ platform }) =>
    platform.alerts.flatMap((alert) => {
      if (alert.forSeconds === 0 || alert.because !== undefined) return [];
      return [
        {
          place: at(alert.origin, "for"),
          message: `the alert waits ${alert.for} and does not say why`,
          fix: "write because: what would be told for nothing after a shorter wait, or take `for` out",
        },
      ];
    }),
};
