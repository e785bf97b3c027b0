import type { Tier } from "../../model/model.ts";
import { errorShare, foreignRecords, windowRecords } from "./burn-records.ts";
import { groupOf } from "./groups.ts";
import { asCounters, type Flow, mixture, strangersOf } from "./mixture.ts";
import { periodScene } from "./period.ts";
import type { Play, Recorded, Scene } from "./scene.ts";
import { neighbour, selects } from "./selecting.ts";
import { type Labels, type Phase, phaseEnds, phases, type Series } from "./series.ts";
import { type EventSlo, sidesOf } from "./sli.ts";

// A fifth of the short window: fine enough to tell half of it from all of it, and the same work for every tier. Rules are
// evaluated at every fifth sample only, which is five times cheaper; phases are laid out so that those moments tell enough.
const GRID = 5;

/** An error ratio around a tier's threshold: just short of it and just beyond it, over both windows and over one of them only. */
export function burnPlay(slo: EventSlo, tier: Tier): Play {
  const stepSeconds = tier.shortSeconds / GRID;
  const n = Math.ceil(tier.longSeconds / stepSeconds / GRID) * GRID;
  const scenes = [
    ratioScene(slo, tier, { n, stepSeconds }),
    silentScene(slo, tier, n),
    unseenScene(slo, tier, n),
  ];
  if (slo.minimumEvents > 0) scenes.push(countScene(slo, tier, n));
  if (tier.name === slo.tiers.at(-1)?.name)
    scenes.push(periodScene(slo, { stepSeconds, group: ownGroup(slo), grid: GRID }));
  return { stepSeconds, evaluateEvery: GRID, scenes };
}

/** `n` is the number of samples in the long window; all phases but the first last a multiple of the grid. */
function ratioScene(
  slo: EventSlo,
  tier: Tier,
  { n, stepSeconds }: { n: number; stepSeconds: number },
): Scene {
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
  const others = [...flawlessNeighbour(slo, tier, multiples.length), ...strangersOf(share, strange)];
  // Two samples before an evaluation, so that the short window holds it.
  const restart = phases(...before, ...middle).length + Math.floor(n / 2 / GRID) * GRID + 2;
  const scene: Scene = {
    title: `fires when more than ${tier.threshold} fail over ${tier.long} and over ${tier.short}, and not over one of them`,
    series: asCounters([...mixture(share, amounts), ...others], [restart]),
    steps: multiples.length,
    looks: [...phaseEnds(course), restart + 2],
  };
  const at = phases(...before).length - 1;
  return {
    ...scene,
    recorded: windowRecords(slo, tier, { ...scene, stepSeconds, at, group: ownGroup(slo) }),
  };
}

/** Another group that an SLO keeps apart, as busy, of which nothing has ever failed: together they would stay silent. */
function flawlessNeighbour(slo: EventSlo, tier: Tier, steps: number): Flow[] {
  const { part, whole, counts } = sidesOf(slo);
  const other = neighbour([part, whole], slo.by);
  if (!other) return [];
  const { share, amounts } = errorShare(slo, { ratios: phases([0, steps]), perStep: volume(slo, tier) });
  const flows = mixture(share, amounts, other);
  return counts === "bad" ? flows.filter((flow) => !selects(part, flow)) : flows;
}

/** The group whose series are fed unless another is named. */
export function ownGroup(slo: EventSlo): Labels {
  return groupOf(slo.sli.total.sample, slo.by);
}

/** Errors that pause for 1, 2 … 6 samples just before an evaluation: where the short window lets go shows how long it is. */
function pauses(errors: number): Phase<number>[] {
  return [1, 2, 3, 4, 5, 6].flatMap((pause) => [[errors, 2 * GRID - pause] as const, [0, pause] as const]);
}

function silentScene(slo: EventSlo, tier: Tier, n: number): Scene {
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
  slo: EventSlo,
  tier: Tier,
  { at, value }: { at: number; value: number | undefined },
): Recorded[] {
  const records = [tier.short, tier.long].map((window) => `slo:sli_error:ratio_rate${window}`);
  return records.map((record) => ({ record, labels: slo.labels, group: ownGroup(slo), at, value }));
}

/** What other SLOs and other platforms record: all of it is bad there. */
function otherRecords(slo: EventSlo, tier: Tier, steps: number): Series[] {
  const names = [tier.short, tier.long].map((window) => `slo:sli_error:ratio_rate${window}`);
  if (slo.minimumEvents > 0) names.push(`slo:sli_total:increase${tier.long}`);
  return foreignRecords({ labels: { ...slo.labels, ...ownGroup(slo) } }, names, {
    value: Math.max(1, slo.minimumEvents),
    steps,
  });
}

/** A counter that was never increased may not exist yet: it counts as zero. */
function unseenScene(slo: EventSlo, tier: Tier, n: number): Scene {
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

function countScene(slo: EventSlo, tier: Tier, n: number): Scene {
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

/** Events a step: enough that a hundredth of the threshold is a whole event, and no guard bites. */
function volume(slo: EventSlo, tier: Tier): number {
  return 10 ** Math.ceil(Math.log10(Math.max(1000, 100 / tier.threshold, 10 * slo.minimumEvents)));
}
