import type { Signal } from "../../model/model.ts";
import { holdPace, type Play } from "./scene.ts";
import { type Labels, phases, type Series } from "./series.ts";

/** Two instances that fail one at a time, then together, briefly and for long; a job that vanishes; one that never was. */
export function targetDownPlay(
  { job, labels }: Extract<Signal, { kind: "target-down" }>,
  forSeconds: number,
): Play {
  const { stepSeconds, hold } = holdPace(forSeconds);
  const up = (own: Labels, values: Series["values"]): Series => ({
    name: "up",
    labels: { ...labels, ...own },
    values,
  });
  const a = phases<number>([1, 2], [0, hold + 2], [1, 2], [0, hold], [1, 2], [0, hold + 3], [1, 3]);
  const b = phases<number>([1, 2 + hold + 2 + 2], [0, hold], [1, 2], [0, hold + 3], [0, 3]);
  const other = (steps: number) => up({ job: `${job}-other` }, phases([1, steps]));
  const gone = phases<number | null>([1, 2], [null, hold + 3], [1, 3]);
  return {
    stepSeconds,
    scenes: [
      {
        title: "fires when every instance is down for long enough, not when one is",
        series: [up({ instance: "a" }, a), up({ instance: "b" }, b), other(a.length)],
        steps: a.length,
      },
      {
        title: "fires when the targets vanish, and resolves when they are back",
        series: [up({}, gone), other(gone.length)],
        steps: gone.length,
      },
      { title: "fires when there never was a target", series: [other(hold + 2)], steps: hold + 2 },
    ],
  };
}
