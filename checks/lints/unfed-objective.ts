import { gateObjectives } from "./gate-objectives.ts";
import type { Finding, Lint } from "./lint.ts";

/** What collectors read, by the kind of an indicator, and whether they can say of how many samples a value is. A new kind belongs here. */
const COLLECTED: Readonly<Record<string, { samples: boolean }>> = {
  load: { samples: true },
  evidence: { samples: true },
  // A query's answer is a number and no more.
  slo: { samples: false },
  query: { samples: false },
};

/** Objectives that no collector feeds, so that their gate is inconclusive for ever: nothing reads their indicator, or counts its samples. */
export const unfedObjective: Lint = {
  rule: "lint/unfed-objective",
  severity: "error",
  look: ({ platform }) =>
    gateObjectives(platform).flatMap(({ objective, place }): Finding[] => {
      const { name, indicator, minimumSamples } = objective;
      const collected = COLLECTED[indicator.kind];
      if (!collected) {
        const message = `nothing collects what objective "${name}" measures: ${indicator.kind}`;
        return [{ place: place("indicator"), message, fix: "measure it by a load run or a query" }];
      }
      if (collected.samples || minimumSamples === undefined) return [];
      const message = `objective "${name}" is never known: it needs ${minimumSamples} samples, and a query does not say how many it has`;
      const fix = "take minimumSamples out, and let the query give nothing where there is too little";
      return [{ place: place("minimumSamples"), message, fix }];
    }),
};
