import { canFire, secondsToFire } from "../model/alerting/tiers.ts";
import type { Platform, Slo } from "../model/model.ts";
import { readablePercent, readableSeconds } from "../model/readable.ts";
import { type Change, changesOf, type Finding, type Group, listed, type Sentence, say } from "./change.ts";
import { contentOf, leftovers } from "./leftovers.ts";
import { pairs } from "./pairs.ts";
import { toldSentence } from "./told.ts";

type Tier = Slo["tiers"][number];

// Worked out from objective, period, indicator and name.
const DERIVED = ["id", "budget", "periodSeconds", "labels", "recordingRules", "tiers", "deadTiers", "alerts"];

/** SLOs: new, gone, renamed, tightened, loosened; each with the time in which its alerts fire, before and after. */
export function compareSlos(before: Platform, after: Platform): Change[] {
  const { gone, added, kept, renamed } = pairs(before.slos, after.slos, (slo) => contentOf(slo, DERIVED));
  const change = (slo: Slo, findings: Finding[]) =>
    changesOf({ platform: after.name, kind: "SLO", name: slo.name }, findings);
  return [
    ...added.flatMap((slo) => change(slo, [isNew(slo, after)])),
    ...gone.flatMap((slo) => change(slo, [isGone(slo, before)])),
    ...renamed.flatMap(([old, slo]) =>
      change(slo, [
        { group: "changed", says: say`was called ${old.name}: its recorded history begins anew` },
      ]),
    ),
    ...kept.flatMap(([old, slo]) => change(slo, findingsOf(old, slo))),
  ];
}

function isNew(slo: Slo, platform: Platform): Finding {
  return {
    group: "pages-more",
    says: say`is new: ${readablePercent(slo.objective)} over ${slo.period} with ${slo.alerts.length} alerts; critical ones tell, ${toldSentence(platform, "critical")}`,
  };
}

function isGone(slo: Slo, platform: Platform): Finding {
  return {
    group: "pages-less",
    says: say`is gone with its ${slo.alerts.length} alerts: critical ones told, ${toldSentence(platform, "critical")}`,
  };
}

function findingsOf(old: Slo, slo: Slo): Finding[] {
  const rest = leftovers(old, slo, [...DERIVED, "objective", "period", "budgetForecast"]);
  return [
    ...objectiveFindings(old, slo),
    ...forecastFinding(old, slo),
    ...rest.map(({ path, says }): Finding => ({ group: groupOf(path, old, slo), says })),
  ];
}

function forecastFinding({ budgetForecast: was }: Slo, { budgetForecast: is }: Slo): Finding[] {
  if (was?.within === is?.within && was?.basedOn === is?.basedOn) return [];
  const text = (one: Slo["budgetForecast"]): Sentence =>
    one
      ? say`warned of a budget that is used up within ${one.within} by the trend of the last ${one.basedOn}`
      : ["gave no warning of a budget that runs out"];
  const now: Sentence = is ? say`warns within ${is.within}, by the last ${is.basedOn}` : ["gives none"];
  const isMore = (is?.withinSeconds ?? 0) >= (was?.withinSeconds ?? 0);
  return [{ group: isMore ? "pages-more" : "pages-less", says: say`${text(was)}, now ${now}` }];
}

function objectiveFindings(old: Slo, slo: Slo): Finding[] {
  if (old.objective === slo.objective && old.period === slo.period) return [];
  const group = directionOf(old, slo);
  return [
    {
      group,
      says: say`${objectiveText(old)} has become ${objectiveText(slo)}: what may fail was ${allowed(old)}, is ${allowed(slo)}`,
    },
    ...allTiers(slo).flatMap((tier): Finding[] => {
      const was = allTiers(old).find(({ name }) => name === tier.name);
      return was && was.threshold !== tier.threshold ? [{ group, says: tierSentence(was, tier) }] : [];
    }),
  ];
}

/** What the tiers' thresholds do; where some rise and some fall, what may fail in all decides. */
function directionOf(old: Slo, slo: Slo): Group {
  const steps = allTiers(slo).map((tier) => {
    const was = allTiers(old).find(({ name }) => name === tier.name);
    return Math.sign(tier.threshold - (was?.threshold ?? tier.threshold));
  });
  const isTighter = steps.every((step) => step <= 0) && steps.some((step) => step < 0);
  if (isTighter) return "pages-more";
  return slo.budget < old.budget
    ? "tighter"
    : slo.budget > old.budget || steps.includes(1)
      ? "looser"
      : "changed";
}

const RATIOS = [
  [1, "100% errors"],
  [0.1, "10%"],
  [0.01, "1%"],
] as const;

function tierSentence(was: Tier, is: Tier): Sentence {
  if (!canFire(is)) {
    return say`${is.name} can never fire now: ${is.factor} times the budget is ${readablePercent(is.threshold)} errors`;
  }
  const times = RATIOS.map(([ratio, text]) => [text, firesAfter(was, ratio), firesAfter(is, ratio)] as const)
    .filter(([, before, after]) => before !== after)
    .map(([text, before, after]): Sentence => [`at ${text} ${before} → ${after}`]);
  return say`${is.name} fires ${listed(times)}`;
}

function firesAfter(tier: Tier, ratio: number): string {
  const seconds = canFire(tier) ? secondsToFire(tier, ratio) : undefined;
  return seconds === undefined ? "never" : `after ${readableSeconds(seconds)}`;
}

// Of these members less means that more events are bad, or that fewer are enough for an alert.
const LESS_IS_LOUDER = new Set(["minimumEvents", "sli.thresholdSeconds", "sli.youngerThanSeconds"]);

function groupOf(path: string, old: Slo, slo: Slo): Group {
  if (!LESS_IS_LOUDER.has(path)) return "changed";
  const isLess = numberAt(slo, path) < numberAt(old, path);
  if (isLess) return "pages-more";
  return path === "minimumEvents" ? "pages-less" : "looser";
}

function numberAt(slo: Slo, path: string): number {
  return Number(
    path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], slo),
  );
}

function allTiers(slo: Slo): Tier[] {
  return [...slo.tiers, ...slo.deadTiers].sort((a, b) => a.shortSeconds - b.shortSeconds);
}

function objectiveText(slo: Slo): string {
  return `${readablePercent(slo.objective)} over ${slo.period}`;
}

function allowed(slo: Slo): string {
  return readableSeconds(slo.budget * slo.periodSeconds);
}
