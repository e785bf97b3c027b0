import type { Signal } from "../../model/model.ts";
import { asGauges, mixture, type Share, strangersOf } from "./mixture.ts";
import { gaugeCourse, holdPace, type Play, type Scene, shareBeyond } from "./scene.ts";
import { neighbour, restOf } from "./selecting.ts";
import { phaseEnds, phases } from "./series.ts";

/** A share of a constant whole that comes close, touches the threshold, passes it too briefly, and then for long enough. */
export function gaugeRatioPlay(signal: Extract<Signal, { kind: "gauge-ratio" }>, forSeconds: number): Play {
  const { part, whole, by, is, value } = signal;
  const { stepSeconds, hold } = holdPace(forSeconds);
  const [calm, cool, hot] = [
    shareBeyond(signal, -0.5),
    shareBeyond(signal, -0.02),
    shareBeyond(signal, 0.02),
  ];
  const course = gaugeCourse({ calm, cool, edge: value, hot }, hold);
  const steps = phases(...course).length;
  const share: Share = { part, whole, by, counts: "one" };
  const size = wholeSize(value);
  const flows = mixture(share, divided(size, phases(...course)));
  const other = neighbour([part, whole], by);
  if (other) flows.push(...mixture(share, divided(size, phases([cool, steps])), other));
  flows.push(...strangersOf(share, { amount: size * 100, steps }));
  const title = `fires beyond a share of ${value}, not short of it`;
  const scenes: Scene[] = [{ title, series: asGauges(flows), steps, looks: phaseEnds(course) }];
  if (!restOf(part, whole) && is.startsWith(">")) scenes.push(emptyWhole(share, hold + 2));
  return { stepSeconds, scenes };
}

function divided(size: number, ratios: readonly number[]): { one: number[]; rest: number[] } {
  const one = ratios.map((ratio) => Number((ratio * size).toPrecision(12)));
  return { one, rest: one.map((amount) => Number((size - amount).toPrecision(12))) };
}

/** Something of nothing is no share: without the guard of the denominator it would be infinite. */
function emptyWhole(share: Share, steps: number): Scene {
  const flows = mixture(share, { one: phases([1, steps]), rest: phases([0, steps]) });
  const series = asGauges(flows).map((one) =>
    one.name === share.whole.series ? { ...one, values: phases([0, steps]) } : one,
  );
  return { title: "a whole of 0 has no shares", series, steps };
}

/** A size of which the threshold's share is a whole number, so that "exactly at the threshold" can be fed. */
function wholeSize(ratio: number): number {
  const sizes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
  return sizes.find((size) => Number.isInteger(Number((ratio * size).toPrecision(12)))) ?? 1e9;
}
