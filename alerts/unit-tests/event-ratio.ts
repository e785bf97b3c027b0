import type { Signal } from "../../model/model.ts";
import { asCounters, mixture, type Share, strangersOf } from "./mixture.ts";
import { type Play, type Scene, shareBeyond, windowPace } from "./scene.ts";
import { neighbour } from "./selecting.ts";
import { type Phase, phaseEnds, phases } from "./series.ts";

type EventRatio = Extract<Signal, { kind: "event-ratio" }>;

/** Events whose share of failures comes close to the threshold and passes it, for whole windows and in a burst; few and enough of them. */
export function eventRatioPlay(signal: EventRatio, forSeconds: number): Play {
  const { stepSeconds, ...pace } = windowPace(signal.windowSeconds, forSeconds);
  const share: Share = { part: signal.part, whole: signal.whole, by: signal.by, counts: "one" };
  return { stepSeconds, scenes: [shareScene(signal, share, pace), countScene(signal, share, pace)] };
}

interface Pace {
  perWindow: number;
  hold: number;
}

function shareScene(signal: EventRatio, share: Share, { perWindow, hold }: Pace): Scene {
  const n = perWindow + hold;
  const cool = shareBeyond(signal, -0.02);
  const none = signal.is.startsWith(">") ? 0 : 1;
  const approach: Phase<number>[] = [
    [shareBeyond(signal, -0.6), n + 2],
    [cool, n + 2],
  ];
  const burst: Phase<number>[] = [
    [none, 2 * n],
    [shareBeyond(signal, 0.5), n],
    [none, n + 2],
  ];
  const course = [...approach, [shareBeyond(signal, 0.02), n + 2] as const, ...burst];
  const ratios = phases(...course);
  const steps = ratios.length;
  const perStep = volume(signal, n);
  const flows = mixture(share, divided(perStep, ratios));
  const other = neighbour([share.part, share.whole], share.by);
  if (other) flows.push(...mixture(share, divided(perStep, phases([cool, steps])), other));
  flows.push(...strangersOf(share, { amount: perStep * 100, steps }));
  return {
    title: `fires when the share is beyond ${signal.value} over the whole window, through a restart`,
    series: asCounters(flows, [phases(...approach).length + Math.floor(n / 2)]),
    steps,
    looks: phaseEnds(course),
  };
}

function countScene(
  { minimumEvents, is, value }: EventRatio,
  share: Share,
  { perWindow, hold }: Pace,
): Scene {
  const ratio = is.startsWith(">") ? (1 + value) / 2 : value / 2;
  const course: Phase<number>[] = [
    [(minimumEvents * 0.95) / perWindow, perWindow + hold + 3],
    [(minimumEvents * 1.05) / perWindow, perWindow + hold + 3],
  ];
  const events = phases(...course);
  const steps = events.length;
  const flows = mixture(share, {
    one: events.map((count) => count * ratio),
    rest: events.map((count) => count * (1 - ratio)),
  });
  flows.push(...strangersOf(share, { amount: minimumEvents, steps }));
  return {
    title: `stays silent below ${minimumEvents} events in the window`,
    series: asCounters(flows),
    steps,
    looks: phaseEnds(course),
  };
}

function divided(perStep: number, ratios: readonly number[]): { one: number[]; rest: number[] } {
  const one = ratios.map((ratio) => Math.round(ratio * perStep));
  return { one, rest: one.map((amount) => perStep - amount) };
}

/** Events a step: enough that a hundredth of the threshold is a whole event, and far more than the fewest that count. */
function volume({ value, minimumEvents }: EventRatio, perWindow: number): number {
  return 10 ** Math.ceil(Math.log10(Math.max(1000, 100 / (value || 1), (100 * minimumEvents) / perWindow)));
}
