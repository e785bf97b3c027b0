import { innerSelector } from "./inner-selector.ts";
import { inQueries, type Lint } from "./lint.ts";

const OF_COUNTERS = new Set(["rate", "irate", "increase", "resets"]);

/** Functions of counters over gauges: they take each fall for a restart. */
export const rateOfGauge: Lint = {
  rule: "lint/rate-of-gauge",
  severity: "error",
  look: (subject) =>
    inQueries(subject, (part) => {
      if (part.kind !== "call" || !OF_COUNTERS.has(part.name)) return undefined;
      const metric = subject.metricOf(innerSelector(part)?.name);
      if (metric?.type !== "gauge") return undefined;
      return {
        message: `${part.name}() of the gauge "${metric.name}" takes each fall for a restart`,
        fix: "use delta() or deriv(), or count the events with a counter",
      };
    }),
};
