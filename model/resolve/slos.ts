import type { SloSpec } from "../../catalog/slo.ts";
import { ratioOf, secondsOf } from "../../catalog/units.ts";
import { labelsNamed } from "../alerting/annotation.ts";
import { countsMinutes } from "../alerting/error-ratio.ts";
import { BUDGET_FORECAST_FOR } from "../alerting/forecast.ts";
import { recordingRules } from "../alerting/slo-rules.ts";
import { canFire, nominalSeconds, tiersOf } from "../alerting/tiers.ts";
import type { DescribedEntry } from "../described.ts";
import type { Slo, Tier } from "../model.ts";
import { at } from "../problems.ts";
import { periodText } from "../readable.ts";
import { partsOf, resolveComposite } from "./composites.ts";
import { checkTime } from "./forecasts.ts";
import { Resolved } from "./resolved.ts";
import { resolveRunbook } from "./runbooks.ts";
import type { Scope } from "./scope.ts";
import { resolveSli } from "./slis.ts";
import { checkGroups } from "./slo-groups.ts";

type Entry = DescribedEntry<SloSpec>;

/** SLOs with their tiers and recording rules. */
export function resolveSlos(scope: Scope): Slo[] {
  const { slos } = scope.described.entries;
  const parts = partsOf(scope);
  const wholesOf = (name: string): Entry[] =>
    slos
      .filter((whole) => parts.get(whole.name)?.includes(name))
      .flatMap((whole) => [whole, ...wholesOf(whole.name)]);
  const isPart = new Set([...parts.values()].flat());
  return slos.flatMap((entry) => {
    const isComposite = parts.has(entry.name);
    const wholes = isPart.has(entry.name) ? wholesOf(entry.name) : [];
    const against = [scope.base, isComposite, ...wholes, ...(isComposite ? slos : [])];
    return (
      resolved.get(scope, { of: entry, against }, () =>
        resolveEntry(scope, entry, { isComposite, wholesTiers: wholes.flatMap(liveTiers) }),
      ) ?? []
    );
  });
}

const resolved = new Resolved<Slo | undefined>();

/** `wholesTiers`: what a composite reads must be recorded by each of its parts, down to the last. */
function resolveEntry(
  scope: Scope,
  entry: Entry,
  { isComposite, wholesTiers }: { isComposite: boolean; wholesTiers: Tier[] },
): Slo | undefined {
  const sli = isComposite ? resolveComposite(scope, entry, minimumEventsOf) : simpleSli(scope, entry);
  const serviceKnown = scope.references.check("services", entry.spec.service, at(entry.origin, "service"));
  const runbook = resolveRunbook(scope, entry.spec.runbook, entry.origin);
  checkTexts(scope, entry);
  return sli && serviceKnown ? resolveSlo(scope, entry, { sli, runbook, wholesTiers }) : undefined;
}

function simpleSli(scope: Scope, entry: Entry) {
  const sli = resolveSli(scope, entry);
  if (sli) checkGroups(scope, entry, sli);
  return sli;
}

function resolveSlo(
  scope: Scope,
  entry: Entry,
  { sli, runbook, wholesTiers }: Pick<Slo, "sli" | "runbook"> & { wholesTiers: Tier[] },
): Slo {
  const { spec, name, origin, ...rest } = entry;
  const objective = ratioOf(spec.objective);
  const budget = budgetOf(spec);
  const all = tiersOf(budget, nominalSeconds(spec.period));
  // The slowest always can: its factor is 1 or less.
  const tiers = all.filter(canFire);
  if (countsMinutes(sli)) checkFineness(scope, entry, tiers);
  const platform = scope.described.name;
  const labels = { platform, service: spec.service, slo: name };
  const question = {
    sli,
    by: spec.by,
    labels,
    objective,
    budget,
    tiers,
    period: spec.period,
    noTraffic: spec.noTraffic ?? "good",
    minimumEvents: minimumEventsOf(entry),
  };
  return {
    ...rest,
    name,
    origin,
    id: `${platform}/${name}`,
    meets: spec.meets,
    title: spec.title,
    description: spec.description,
    service: spec.service,
    ...question,
    periodSeconds: nominalSeconds(spec.period),
    recordingRules: recordingRules({
      ...question,
      wholesTiers,
      recordedTiers: byWindow([...tiers, ...wholesTiers]),
      team: scope.described.head.team,
    }),
    deadTiers: all.filter((tier) => !canFire(tier)),
    ...(spec.budgetForecast && { budgetForecast: resolveBudgetForecast(scope, entry, spec.budgetForecast) }),
    alerts: [
      ...tiers.map((tier) => `${name}-${tier.name}`),
      ...(spec.budgetForecast ? [`${name}-budget-forecast`] : []),
      `${name}-absent`,
    ],
    runbook,
  };
}

// What is left of the budget is recorded every two minutes (model/alerting/pace.ts).
const RECORDED_SECONDS = 120;

function resolveBudgetForecast(
  scope: Scope,
  { spec, origin }: Entry,
  { within, basedOn }: NonNullable<SloSpec["budgetForecast"]>,
): NonNullable<Slo["budgetForecast"]> {
  const path = ["budgetForecast"];
  checkTime(
    scope,
    { origin, path },
    { within, basedOn, for: BUDGET_FORECAST_FOR, everySeconds: RECORDED_SECONDS },
  );
  const withinSeconds = secondsOf(within);
  const isSound = scope.problems.isSound(at(origin, ...path)) && scope.problems.isSound(at(origin, "period"));
  if (isSound && withinSeconds > nominalSeconds(spec.period)) {
    const message = `${within} ahead is more than the period, at whose end there is another budget`;
    scope.problems.add("alert/forecast-too-far", at(origin, ...path, "within"), message, {
      fix: `look ahead less than ${periodText(spec.period)}`,
    });
  }
  return { within, withinSeconds, basedOn, basedOnSeconds: secondsOf(basedOn) };
}

const budgetOf = ({ objective }: SloSpec) => Number((1 - ratioOf(objective)).toPrecision(12));

const liveTiers = ({ spec }: Entry) => tiersOf(budgetOf(spec), nominalSeconds(spec.period)).filter(canFire);

/** Each pair of windows once, quickest first: SLOs of one period differ in the thresholds of their tiers only. */
function byWindow(tiers: readonly Tier[]): Tier[] {
  const found = new Map(tiers.map((tier) => [tier.name, tier]));
  return [...found.values()].sort((a, b) => a.longSeconds - b.longSeconds);
}

// Until the quickest page's short window has passed, a first bad sample would be all that its windows know.
const MINUTES_NEEDED = 5;

function minimumEventsOf({ spec }: Entry): number {
  if (spec.sli.kind === "composite") return 0;
  const isMinutes = spec.sli.kind === "freshness" || spec.sli.kind === "gauge";
  return spec.minimumEvents ?? (isMinutes ? MINUTES_NEEDED : 0);
}

// Gauges are looked at every 30 seconds: nothing shorter can be told from nothing at all.
const SAMPLE_SECONDS = 30;

function checkFineness({ problems }: Scope, { spec, origin }: Entry, tiers: readonly Tier[]): void {
  const tooFine = tiers.find((tier) => tier.threshold * tier.longSeconds < SAMPLE_SECONDS);
  if (!tooFine) return;
  const allowed = Number((tooFine.threshold * tooFine.longSeconds).toPrecision(3));
  problems.add(
    "slo/finer-than-a-sample",
    at(origin, "objective"),
    `at ${spec.objective} tier ${tooFine.name} fires after ${allowed} bad seconds, and the gauge is looked at every ${SAMPLE_SECONDS} s`,
    { fix: "lower the objective, or count events instead of minutes" },
  );
}

function checkTexts(scope: Scope, { spec, origin }: DescribedEntry<SloSpec>): void {
  for (const text of ["title", "description"] as const) {
    for (const label of labelsNamed(spec[text]).filter((name) => !spec.by.includes(name))) {
      const message = `the ${text} names label "${label}", and the SLO does not keep it apart`;
      const fix = `write the text without {{ $labels.${label} }}`;
      scope.problems.add("slo/text-names-label", at(origin, text), message, { fix });
    }
  }
}
