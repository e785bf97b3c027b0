import type { Alert, Signal, Slo } from "../../model/model.ts";
import { constantRecords } from "./burn-records.ts";
import { customStepSeconds } from "./custom.ts";
import { comesAndGoes, oneGroupGone } from "./gone.ts";
import { groupOne } from "./groups.ts";
import { holdPace, type Play, type Scene } from "./scene.ts";
import { phases, type Series } from "./series.ts";

type Unrecorded = Extract<Signal, { kind: "unrecorded" }>;

/** What an SLO counts, or what the parts of a composite count, is not recorded any more: each of them in its turn; never. */
export function unrecordedPlay({ forSeconds, labels }: Alert, slo: Slo, signal: Unrecorded): Play {
  const { stepSeconds, hold } =
    slo.sli.kind === "custom"
      ? customPace(customStepSeconds(slo.sli, "5m"), forSeconds)
      : holdPace(forSeconds);
  const scenes = [
    ...signal.series.map((_, i) => goingScene(signal, slo, { i, hold })),
    { title: "fires when nothing was ever recorded", series: foreign(signal, hold + 3), steps: hold + 3 },
  ];
  const [first] = scenes;
  if (first) first.recorded = constantRecords(slo, labels.team ?? "", 2);
  if (signal.by.length > 0) scenes.push(groupScene(signal, slo, { stepSeconds, hold }));
  return { stepSeconds, scenes };
}

function customPace(stepSeconds: number, forSeconds: number) {
  return { stepSeconds, hold: Math.ceil(forSeconds / stepSeconds) };
}

function goingScene(signal: Unrecorded, slo: Slo, { i, hold }: { i: number; hold: number }): Scene {
  const { isThere, looks } = comesAndGoes(3, hold);
  const series = signal.series.map(({ record, labels }, other): Series => {
    const values = isThere.map((there) => (there || other !== i ? 10 : null));
    return { name: record, labels: { ...labels, ...groupOne(slo) }, values };
  });
  return {
    title: "fires when nothing is recorded for long enough, and resolves when something is",
    series: [...series, ...foreign(signal, isThere.length)],
    steps: isThere.length,
    looks,
  };
}

function foreign({ series }: Unrecorded, steps: number): Series[] {
  return series.flatMap(({ record, labels }) =>
    ["platform", "slo"].map((label) => ({
      name: record,
      labels: { ...labels, [label]: "another" },
      values: phases([10, steps]),
    })),
  );
}

function groupScene(signal: Unrecorded, slo: Slo, pace: { stepSeconds: number; hold: number }): Scene {
  const { title, isThere, looks } = oneGroupGone(pace);
  const [label = ""] = signal.by;
  return {
    title,
    series: signal.series.flatMap(({ record, labels }) => [
      {
        name: record,
        labels: { ...labels, ...groupOne(slo) },
        values: isThere.map((there) => (there ? 10 : null)),
      },
      {
        name: record,
        labels: { ...labels, ...groupOne(slo), [label]: "other" },
        values: isThere.map(() => 10),
      },
    ]),
    steps: isThere.length,
    looks,
  };
}
