import type { Alert } from "../../model/model.ts";
import { ownGroup } from "./burn.ts";
import { errorShare, foreignRecords, standingRecords } from "./burn-records.ts";
import { comesAndGoes, oneGroupGone, onlyWhere } from "./gone.ts";
import { asCounters, mixture, strangersOf } from "./mixture.ts";
import { holdPace, type Play, type Scene } from "./scene.ts";
import { neighbour, selects } from "./selecting.ts";
import { phases, type Series } from "./series.ts";
import { type EventSlo, eventCounts, sidesOf } from "./sli.ts";

/** An SLO's events vanish, briefly and for long, and come back; they stand still; they never were. What its budget is worked out from. */
export function absentPlay({ forSeconds, labels }: Alert, slo: EventSlo): Play {
  const { stepSeconds, hold } = holdPace(forSeconds);
  const still = hold + 3;
  const scenes = [
    goingScene(slo, { team: labels.team ?? "", stepSeconds, hold }),
    {
      title: "stays silent while the counters stand still",
      series: eventsOf(slo, phases([0, still]), 0),
      steps: still,
      recorded: [
        {
          record: "slo:sli_bad:increase5m",
          labels: slo.labels,
          group: ownGroup(slo),
          at: still - 1,
          value: 0,
        },
      ],
    },
    unseenScene(slo, stepSeconds),
    { title: "fires when there never was a series", series: strangersTo(slo, still), steps: still },
  ];
  return {
    stepSeconds,
    scenes: slo.by.length > 0 ? [...scenes, groupScene(slo, { stepSeconds, hold })] : scenes,
  };
}

/** One of two groups vanishes while the other stays; after an hour it is no longer missed. */
function groupScene(slo: EventSlo, pace: { stepSeconds: number; hold: number }): Scene {
  const { title, isThere, looks } = oneGroupGone(pace);
  const { share, amounts } = errorShare(slo, { ratios: isThere.map(() => 0), perStep: volume(slo) });
  const { part, whole } = sidesOf(slo);
  const gone = onlyWhere(isThere, asCounters(mixture(share, amounts)));
  return {
    title,
    series: [...gone, ...asCounters(mixture(share, amounts, neighbour([part, whole], slo.by)))],
    steps: isThere.length,
    looks,
  };
}

/** Sample at which the recorded series are looked at: after a restart, when five minutes hold more than one error ratio. */
const LOOK = 7;

function goingScene(
  slo: EventSlo,
  { team, stepSeconds, hold }: { team: string; stepSeconds: number; hold: number },
): Scene {
  const { isThere, looks } = comesAndGoes(LOOK + 1, hold);
  const steps = isThere.length;
  const ratios = phases([slo.budget / 4, LOOK], [slo.budget / 2, steps - LOOK]);
  const events = onlyWhere(isThere, eventsOf(slo, ratios, volume(slo)));
  const foreign = [
    "slo:sli_error:ratio_rate5m",
    "slo:sli_bad:increase5m",
    "slo:sli_total:increase5m",
    "slo:period_error:ratio",
  ];
  const scene = {
    title: "fires when the events are gone for long enough, and resolves when they are back",
    series: [
      ...events,
      ...strangersTo(slo, steps),
      ...foreignRecords({ labels: { ...slo.labels, ...ownGroup(slo) } }, foreign, { value: 1, steps }),
    ],
    steps,
    looks,
  };
  return {
    ...scene,
    recorded: standingRecords(slo, team, { ...scene, stepSeconds, at: LOOK, group: ownGroup(slo) }),
  };
}

/** A counter that was never increased may not exist yet: it counts as zero. */
function unseenScene(slo: EventSlo, stepSeconds: number): Scene {
  const { part, counts } = sidesOf(slo);
  const ratio = counts === "bad" ? 0 : 1;
  const all = eventsOf(slo, phases([ratio, LOOK + 1]), volume(slo));
  const series = all.filter((one) => !selects(part, one));
  const { total } = eventCounts(slo, { series, stepSeconds, moments: [LOOK] }, 300);
  const record = (name: string, value: number) => ({
    record: name,
    labels: slo.labels,
    group: ownGroup(slo),
    at: LOOK,
    value,
  });
  return {
    title:
      counts === "bad"
        ? "counts no failure before the first"
        : "counts only failures before the first success",
    series,
    steps: LOOK + 1,
    recorded: [
      record("slo:sli_error:ratio_rate5m", ratio),
      record("slo:sli_bad:increase5m", ratio * (total[0] ?? 0)),
    ],
  };
}

function eventsOf(slo: EventSlo, ratios: readonly number[], perStep: number): Series[] {
  const { share, amounts } = errorShare(slo, { ratios, perStep });
  return asCounters(mixture(share, amounts), [LOOK - 1]);
}

function strangersTo(slo: EventSlo, steps: number): Series[] {
  const { share } = errorShare(slo, { ratios: [], perStep: 0 });
  return asCounters(strangersOf(share, { amount: volume(slo), steps }));
}

function volume(slo: EventSlo): number {
  return 10 ** Math.ceil(Math.log10(100 / slo.budget));
}
