import type { Objective, Slo } from "../../model/model.ts";
import { allowed } from "../criterion-range.ts";
import { gateObjectives } from "./gate-objectives.ts";
import type { Finding, Lint } from "./lint.ts";

const QUANTILES: Readonly<Record<string, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** Load runs that pass although they break an SLO that their profile is held to: slower, or with more errors, than it promises. */
export const gateLooserThanSlo: Lint = {
  rule: "lint/gate-looser-than-slo",
  severity: "warning",
  look: ({ platform }) =>
    gateObjectives(platform).flatMap(({ objective, place }) => {
      const { indicator } = objective;
      if (indicator.kind !== "load") return [];
      const slos = platform.loadProfiles.find(({ name }) => name === indicator.profile)?.slos ?? [];
      return (objective.pass ?? []).flatMap((entry, e): Finding[] => {
        const { absolute } = allowed(entry, indicator);
        // What is only compared with earlier runs has no number of its own.
        if (!Number.isFinite(absolute.high)) return [];
        return slos.flatMap((slo) => {
          const promised = promisedBy(slo, indicator.measure);
          if (promised === undefined || absolute.high <= promised.limit) return [];
          const text = entry.map((criterion) => `"${criterion.text}"`).join(" and ");
          return [
            {
              place: place("pass", e),
              message: `${text} of objective "${objective.name}" passes a run that breaks SLO "${slo.name}", which promises ${promised.words}`,
              fix: `ask for what the SLO promises, and put the looser number under warn`,
            },
          ];
        });
      });
    }),
};

/** How high a measure may be while an SLO is kept; undefined where the SLO says nothing of it. */
function promisedBy(
  { sli, objective, budget }: Slo,
  measure: Extract<Objective["indicator"], { kind: "load" }>["measure"],
): { limit: number; words: string } | undefined {
  const share = `${Number((objective * 100).toPrecision(12))}%`;
  if (measure === "error-rate" && (sli.kind === "bad-events" || sli.kind === "good-events"))
    return { limit: Number(budget.toPrecision(12)), words: `${share} without errors` };
  const quantile = QUANTILES[measure];
  const isLatency = sli.kind === "latency" || sli.kind === "native-latency";
  // A quantile beyond the promised share may be as slow as it likes.
  if (!isLatency || quantile === undefined || quantile > objective) return undefined;
  return { limit: sli.thresholdSeconds, words: `${share} within ${sli.thresholdSeconds} s` };
}
