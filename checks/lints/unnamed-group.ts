import { labelsNamed } from "../../model/alerting/annotation.ts";
import { at } from "../../model/problems.ts";
import type { Lint } from "./lint.ts";

/** Alerts that come once for each value of a label and do not say which. */
export const unnamedGroup: Lint = {
  rule: "lint/unnamed-group",
  severity: "warning",
  look: ({ platform }) =>
    platform.alerts.flatMap(({ source, signal, summary, description, origin }) => {
      if (source !== "catalog" || !("by" in signal)) return [];
      const named = [...labelsNamed(summary), ...labelsNamed(description)];
      const silent = signal.by.filter((label) => !named.includes(label));
      if (silent.length === 0) return [];
      return [
        {
          place: at(origin, "summary"),
          message: `there is an alert for each ${silent.join(", ")}, and neither summary nor description says which`,
          fix: `name it: {{ $labels.${silent[0]} }}`,
        },
      ];
    }),
};
