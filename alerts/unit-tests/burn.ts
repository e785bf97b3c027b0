import type { Slo, Tier } from "../../model/model.ts";
import { errorShare, foreignRecords, windowRecords } from "./burn-records.ts";
import { asCounters, mixture, strangersOf } from "./mixture.ts";
import type { Play, Recorded, Scene } from "./scene.ts";
import { selects } from "./selecting.ts";
import { type Phase, phaseEnds, phases, type Series } from "./series.ts";
import { sidesOf } from "./sli.ts";

// A fifth of the short window: fine enough to tell half of it from all of it, and the same work for every tier. Rules are
// evaluated at every fifth sample only, which is five times cheaper; phases are laid out so that those moments tell enough.
const GRID = 5;

/** An error ratio around a tier's threshold: just short of it and just beyond it, over both windows and over one of them only. */
export function burnPlay(slo: Slo, tier: Tier): Play {
  const stepSeconds = tier.shortSeconds / GRID;
  const n = Math.ceil(tier.longSeconds / stepSeconds / GRID) * GRID;
  const scenes = [
    ratioScene(slo, tier, { n, stepSeconds }),
    silentScene(slo, tier, n),
    unseenScene(slo, tier, n),
  ];
  if (slo.minimumEvents > 0) scenes.push(countScene(slo, tier, n));
  if (tier === slo.tiers.at(-1)) scenes.push(periodScene(slo, stepSeconds));
  return { stepSeconds, evaluateEvery: GRID, scenes };
}

/** `n` is the number of samples in the long window; all phases but the first last a multiple of the grid. */
function ratioScene(slo: Slo, tier: Tier, { n, stepSeconds }: { n: number; stepSeconds: number }): Scene {
  // Multiples of the threshold; more than all events cannot fail.
  const most = Math.max(0.99, (1 + tier.threshold) / 2) / tier.threshold;
  const times = (multiple: number) => Math.min(multiple, most);
  // The longest burst that the long window does not mind, and as hot as it may then be.
  const burst = Math.max(1, Math.floor((0.98 * n) / times(n) / GRID)) * GRID;
  const quiet: Phase<number>[] = [[0, n + 1]];
  const before: Phase<number>[] = [...quiet, [times((0.98 * n) / burst), burst]];
  const middle: Phase<number>[] = [
    [0, 2 * n],
    [times(1.5), n],
    // Just short over the short window, while the long one is still well beyond.
    [0.98, GRID],
    ...pauses(times(4)),
    [0.98, n + GRID],
  ];
  const course = [...before, ...middle, [times(1.02), n + GRID] as const, [0, 2 * GRID] as const];
  const multiples = phases(...course);
  const { share, amounts } = errorShare(slo, {
    ratios: multiples.map((multiple) => multiple * tier.threshold),
    perStep: volume(slo, tier),
  });
  const strange = { amount: volume(slo, tier) * 100, steps: multiples.length };
  // Two samples before an evaluation, so that the short window holds it.
  const restart = phases(...before, ...middle).length + Math.floor(n / 2 / GRID) * GRID + 2;
  const scene: Scene = {
    title: `fires when more than ${tier.threshold} fail over ${tier.long} and over ${tier.short}, and not over one of them`,
    series: asCounters([...mixture(share, amounts), ...strangersOf(share, strange)], [restart]),
    steps: multiples.length,
    looks: [...phaseEnds(course), restart + 2],
  };
  const at = phases(...before).length - 1;
  return { ...scene, recorded: windowRecords(slo, tier, { ...scene, stepSeconds, at }) };
}

/** Errors that pause for 1, 2 … 6 samples just before an evaluation: where the short window lets go shows how long it is. */
function pauses(errors: number): Phase<number>[] {
  return [1, 2, 3, 4, 5, 6].flatMap((pause) => [[errors, 2 * GRID - pause] as const, [0, pause] as const]);
}

function silentScene(slo: Slo, tier: Tier, n: number): Scene {
  const steps = n + 1;
  const { share, amounts } = errorShare(slo, { ratios: phases([0, steps]), perStep: 0 });
  return {
    title: "stays silent without traffic",
    series: [...asCounters(mixture(share, amounts)), ...otherRecords(slo, tier, steps)],
    steps,
    recorded: ratioRecords(slo, tier, { at: steps - 1, value: slo.noTraffic === "good" ? 0 : undefined }),
  };
}

function ratioRecords(
  slo: Slo,
  tier: Tier,
  { at, value }: { at: number; value: number | undefined },
): Recorded[] {
  const records = [tier.short, tier.long].map((window) => `slo:sli_error:ratio_rate${window}`);
  return records.map((record) => ({ record, labels: slo.labels, at, value }));
}

/** What other SLOs and other platforms record: all of it is bad there. */
function otherRecords(slo: Slo, tier: Tier, steps: number): Series[] {
  const names = [tier.short, tier.long].map((window) => `slo:sli_error:ratio_rate${window}`);
  if (slo.minimumEvents > 0) names.push(`slo:sli_total:increase${tier.long}`);
  return foreignRecords(slo, names, { value: Math.max(1, slo.minimumEvents), steps });
}

/** A counter that was never increased may not exist yet: it counts as zero. */
function unseenScene(slo: Slo, tier: Tier, n: number): Scene {
  const steps = n + 1;
  const { part, counts } = sidesOf(slo);
  const ratio = counts === "bad" ? 0 : 1;
  const { share, amounts } = errorShare(slo, { ratios: phases([ratio, steps]), perStep: volume(slo, tier) });
  return {
    title:
      counts === "bad"
        ? "stays silent before the first failure was counted"
        : "fires when no success was ever counted",
    series: asCounters(mixture(share, amounts)).filter((series) => !selects(part, series)),
    steps,
    recorded: ratioRecords(slo, tier, { at: steps - 1, value: ratio }),
  };
}

function countScene(slo: Slo, tier: Tier, n: number): Scene {
  const { share } = errorShare(slo, { ratios: [], perStep: 0 });
  const ratio = (1 + tier.threshold) / 2;
  const events = phases<number>(
    [(slo.minimumEvents * 0.95) / n, n + GRID],
    [(slo.minimumEvents * 1.05) / n, n + GRID],
  );
  const flows = mixture(share, {
    one: events.map((count) => count * ratio),
    rest: events.map((count) => count * (1 - ratio)),
  });
  return {
    title: `stays silent below ${slo.minimumEvents} events in ${tier.long}`,
    series: asCounters(flows, [n + GRID + Math.floor(n / 2)]),
    steps: events.length,
  };
}

/**
 * The whole period, from counts as they are recorded: a quarter in which everything failed, long ago, and one at the end
 * in which half of it fails. Only with the slowest tier, since a period at the pace of the others would take its time.
 */
function periodScene(slo: Slo, stepSeconds: number): Scene {
  const quarter = Math.round(slo.periodSeconds / 4 / stepSeconds);
  const bad = phases<number>([10, quarter], [0, 3 * quarter], [5, quarter]);
  const at = Math.floor((bad.length - 1) / GRID) * GRID;
  const inPeriod = (values: readonly number[]) =>
    values
      .slice(0, at + 1)
      .slice(-Math.round(slo.periodSeconds / stepSeconds))
      .reduce((sum, value) => sum + value);
  const ratio = inPeriod(bad) / inPeriod(bad.map(() => 10));
  const record = (record: string, value: number) => ({ record, labels: slo.labels, at, value });
  return {
    title: `counts what failed in ${slo.period}, and nothing before`,
    series: [
      { name: "slo:sli_bad:increase5m", labels: slo.labels, values: bad },
      { name: "slo:sli_total:increase5m", labels: slo.labels, values: bad.map(() => 10) },
    ],
    steps: bad.length,
    recorded: [
      record("slo:period_error:ratio", ratio),
      record("slo:period_error_budget_remaining:ratio", 1 - ratio / slo.budget),
    ],
  };
}

/** Events a step: enough that a hundredth of the threshold is a whole event, and no guard bites. */
function volume(slo: Slo, tier: Tier): number {
  return 10 ** Math.ceil(Math.log10(Math.max(1000, 100 / tier.threshold, 10 * slo.minimumEvents)));
}
