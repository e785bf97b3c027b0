import type { Selection, Sli, Slo } from "../../model/model.ts";
import { at } from "../../model/problems.ts";
import type { Finding, Lint } from "./lint.ts";

/** SLOs that judge the same events: one failure burns two budgets and pages twice. */
export const sameEvents: Lint = {
  rule: "lint/same-events",
  severity: "warning",
  look({ platform }) {
    const first = new Map<string, Slo>();
    return platform.slos.flatMap((slo): Finding[] => {
      const events = JSON.stringify([eventsOf(slo.sli), [...slo.by].sort()]);
      const other = first.get(events);
      if (!other) first.set(events, slo);
      if (!other) return [];
      return [
        {
          place: at(slo.origin, "sli"),
          message: `SLO "${slo.name}" judges the same events as "${other.name}": what fails burns both budgets and alerts twice`,
          fix: "keep one of them, or let one judge other events",
        },
      ];
    });
  },
};

/** What makes an event bad, the same for two ways of writing it. */
function eventsOf(sli: Sli): unknown {
  const of = ({ series, matchers }: Selection) => [
    series,
    ...matchers.map((m) => `${m.label}${m.op}${m.value}`).sort(),
  ];
  switch (sli.kind) {
    case "bad-events":
      return ["bad", of(sli.bad), of(sli.total)];
    case "good-events":
      return ["good", of(sli.good), of(sli.total)];
    case "latency":
      return ["good", of(sli.fast), of(sli.total)];
    case "native-latency":
      return [sli.kind, of(sli.total), sli.thresholdSeconds];
    case "freshness":
      return [sli.kind, of(sli.of), sli.aggregate, sli.youngerThanSeconds];
    case "gauge":
      return [sli.kind, of(sli.of), sli.aggregate, sli.is, sli.value];
    case "custom":
      return [sli.counts, sli.part.replace(/\s+/g, ""), sli.total.replace(/\s+/g, "")];
    case "composite":
      return [sli.kind, sli.parts.map(({ slo, weight }) => `${slo} ${weight}`).sort()];
  }
}
