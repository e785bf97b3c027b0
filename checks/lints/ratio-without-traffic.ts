import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Alerts on a share that a single event exceeds: one failure at night wakes somebody. */
export const ratioWithoutTraffic: Lint = {
  rule: "lint/ratio-without-traffic",
  severity: "warning",
  look: ({ platform }) =>
    platform.alerts.flatMap(({ signal, origin }) => {
      if (signal.kind !== "event-ratio" || signal.is.startsWith("<")) return [];
      const { minimumEvents, value } = signal;
      if (1 / minimumEvents <= value) return [];
      const needed = Math.ceil(1 / value);
      return [
        {
          place: at(origin, "when", "minimumEvents"),
          message: `one event of ${minimumEvents} is more than ${Number((value * 100).toPrecision(6))}%: a single one fires the alert`,
          fix: `ask for at least ${needed} events`,
        },
      ];
    }),
};
