import type { Signal } from "../../model/model.ts";
import { asCounters, type Flow } from "./mixture.ts";
import { type Play, type Scene, windowPace } from "./scene.ts";
import { instanceLabel, neighbour, strangers } from "./selecting.ts";
import { type Labels, type Phase, phaseEnds, phases } from "./series.ts";

type Increase = Extract<Signal, { kind: "increase" }>;

/** A counter of two instances that grows a little too slowly, then fast enough, then in a burst. */
export function increasePlay(signal: Increase, forSeconds: number): Play {
  const { stepSeconds, ...pace } = windowPace(signal.windowSeconds, forSeconds);
  return { stepSeconds, scenes: [signal.value === 0 ? anyScene(signal, pace) : growthScene(signal, pace)] };
}

interface Pace {
  perWindow: number;
  hold: number;
}

function growthScene(signal: Increase, { perWindow, hold }: Pace): Scene {
  const n = perWindow + hold;
  const half = Math.ceil(n / 2);
  const over = (share: number) => (signal.value * share) / perWindow;
  const approach: Phase<number>[] = [
    [0, n],
    [over(0.98), n + 2],
  ];
  const burst: Phase<number>[] = [
    [0, n + 2],
    [over(3), half],
    [0, n + 2],
  ];
  const course = [...approach, [over(1.02), n + 2] as const, ...burst];
  const total = phases(...course);
  // Three quarters and one: the larger alone would not do.
  const a = total.map((amount) => amount * 0.75);
  const b = total.map((amount) => amount * 0.25);
  return {
    title: `fires when the counter grows by more than ${signal.value} within the window, through a restart`,
    series: asCounters(flowsOf(signal, { a, b }), [phases(...approach).length + half]),
    steps: total.length,
    looks: phaseEnds(course),
  };
}

/** Of what must never happen, a single event is too much. */
function anyScene(signal: Increase, { perWindow, hold }: Pace): Scene {
  const n = perWindow + hold;
  const a = phases([0, n], [1, 1], [0, 2 * n + 6]);
  const b = phases([0, 2 * n + 3], [1, 1], [0, n + 3]);
  return {
    title: "fires at a single event, for as long as it is in the window",
    series: asCounters(flowsOf(signal, { a, b }), [2]),
    steps: a.length,
  };
}

function flowsOf({ of, by, value }: Increase, { a, b }: { a: number[]; b: number[] }): Flow[] {
  const flow = (labels: Labels, amounts: number[], instance: Flow["instance"]): Flow => {
    return { name: of.series, labels: { ...of.sample, ...labels }, amounts, instance };
  };
  const label = instanceLabel([of], by);
  const both = a.map((amount, i) => amount + (b[i] ?? 0));
  const flows = label
    ? [flow({ [label]: "a" }, a, "a"), flow({ [label]: "b" }, b, "b")]
    : [flow({}, both, "a")];
  const other = neighbour([of], by);
  if (other) flows.push(flow(other, phases([(value * 0.9) / a.length, a.length]), "b"));
  const strange = phases([(value || 1) * 100, a.length]);
  return [...flows, ...strangers(of).map(({ labels }) => flow(labels, strange, "b"))];
}
