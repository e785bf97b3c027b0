import { ownSelector } from "../model/alerting/error-ratio.ts";
import type { Slo } from "../model/model.ts";
import type { Prometheus, Series } from "./prometheus.ts";

/** How a budget stands: of one SLO, or of one group of its events where it keeps groups apart. */
export interface Budget {
  slo: Slo;
  /** The labels that tell the group, by name; none for an SLO without groups. */
  group: Record<string, string>;
  /** Share of the period's budget that is left: 1 untouched, 0 used up, below 0 overdrawn. Absent: Prometheus has no such series now. */
  left?: number;
  /** How many times faster than the period allows the budget is being spent, over the last 5 minutes. */
  burn?: number;
  /** `left` over the period, the newest last, at even distances. */
  history: (number | undefined)[];
  /** The times that cost most, the worst first; none in which the budget would have lasted. */
  worst: Moment[];
}

/** A stretch of time in which the budget was spent faster than the period allows. */
export interface Moment {
  from: Date;
  to: Date;
  /** Highest burn rate. */
  burn: number;
  /**
   * Share of the period's budget that went, as if the events were spread evenly over the period: mean burn rate × length ÷ period, of
   * which only what was recorded counts, to a 24th of a 60th of the period.
   */
  spent: number;
}

/** Places at which the period is looked at; a moment is a multiple of a 60th of it. */
const PLACES = 60;
/** Parts of a place, each of which has samples or not. */
const PARTS = 24;
const MOST_MOMENTS = 3;
const LEFT = "slo:period_error_budget_remaining:ratio";
const BURN = "slo:current_burn_rate:ratio";

/**
 * Reads from a Prometheus with the generated recording rules how the budgets of some SLOs stand at a time, each as one entry or more, in
 * the order of the SLOs. Throws what the Prometheus throws.
 */
export async function readBudgets(
  prometheus: Prometheus,
  { slos, at }: { slos: readonly Slo[]; at: Date },
): Promise<Budget[]> {
  const budgets: Budget[] = [];
  // One after the other: each asks for the whole period, and the server has other work.
  for (const slo of slos) budgets.push(...(await budgetsOf(prometheus, { slo, at })));
  return budgets;
}

async function budgetsOf(prometheus: Prometheus, { slo, at }: { slo: Slo; at: Date }): Promise<Budget[]> {
  const own = ownSelector(slo.labels);
  const step = slo.periodSeconds / PLACES;
  const over = { seconds: slo.periodSeconds, steps: PLACES };
  // A series is looked for over the whole place: the period's rules are evaluated only every few minutes.
  const left = await prometheus.query(`last_over_time(${LEFT}${own}[15m])`, at);
  const burn = await prometheus.query(`${BURN}${own}`, at);
  const history = await prometheus.history(`last_over_time(${LEFT}${own}[${step}s])`, at, over);
  const highest = await prometheus.history(`max_over_time(${BURN}${own}[${step}s])`, at, over);
  const mean = await prometheus.history(`avg_over_time(${BURN}${own}[${step}s])`, at, over);
  const part = Math.max(1, Math.ceil(step / PARTS));
  const parts = `count_over_time(last_over_time(${BURN}${own}[${part}s])[${step}s:${part}s])`;
  const recorded = await prometheus.history(parts, at, over);

  const groups = new Map([...left, ...burn, ...history].map((series) => [keyOf(slo, series), series]));
  if (groups.size === 0) return [{ slo, group: {}, history: [], worst: [] }];
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => {
      const of = (all: readonly Series[]) => all.find((series) => keyOf(slo, series) === key);
      const now = { left: of(left)?.samples[0]?.value, burn: of(burn)?.samples[0]?.value };
      const placesOf = (all: readonly Series[]) => placed(of(all), { slo, at });
      const places = { highest: placesOf(highest), mean: placesOf(mean), recorded: placesOf(recorded) };
      return {
        slo,
        group: Object.fromEntries(slo.by.map((label) => [label, one.labels[label] ?? ""])),
        ...(now.left !== undefined && { left: now.left }),
        ...(now.burn !== undefined && { burn: now.burn }),
        history: placed(of(history), { slo, at }),
        worst: worstMoments(places, { slo, at }),
      };
    });
}

function keyOf({ by }: Slo, { labels }: Series): string {
  return JSON.stringify(by.map((label) => labels[label] ?? ""));
}

function placed(series: Series | undefined, { slo, at }: { slo: Slo; at: Date }): (number | undefined)[] {
  const values = new Array<number | undefined>(PLACES + 1).fill(undefined);
  const start = at.getTime() / 1000 - slo.periodSeconds;
  for (const sample of series?.samples ?? [])
    values[Math.round((sample.at - start) / (slo.periodSeconds / PLACES))] = sample.value;
  return values;
}

/** Neighbouring places that burn too fast are one moment. */
function worstMoments(
  { highest, mean, recorded }: Record<"highest" | "mean" | "recorded", (number | undefined)[]>,
  { slo, at }: { slo: Slo; at: Date },
): Moment[] {
  const step = (slo.periodSeconds / PLACES) * 1000;
  const moments: Moment[] = [];
  let last = Number.NEGATIVE_INFINITY;
  // What lies before the first place is before the period.
  for (let place = 1; place <= PLACES; place++) {
    const burn = highest[place] ?? 0;
    if (!(burn > 1)) continue;
    const to = new Date(at.getTime() - (PLACES - place) * step);
    const spent = ((mean[place] ?? 0) * Math.min(1, (recorded[place] ?? 0) / PARTS)) / PLACES;
    const before = last === place - 1 ? moments.at(-1) : undefined;
    if (before) Object.assign(before, { to, burn: Math.max(before.burn, burn), spent: before.spent + spent });
    else moments.push({ from: new Date(to.getTime() - step), to, burn, spent });
    last = place;
  }
  return moments.sort((a, b) => b.spent - a.spent || b.burn - a.burn).slice(0, MOST_MOMENTS);
}
