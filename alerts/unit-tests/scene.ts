import type { Labels, Phase, Series } from "./series.ts";

/** Series that are fed to an alert, and what is looked at beside it. When the alert must fire follows from its definition. */
export interface Scene {
  /** What the scene shows, as a sentence. */
  title: string;
  series: Series[];
  /** How many samples it lasts; the series may end before. */
  steps: number;
  /** Samples at which the alert is looked at, beside those where it begins or ceases to fire. */
  looks?: number[];
  /** Recorded series and the values that they must have. */
  recorded?: Recorded[];
}

export interface Recorded {
  record: string;
  labels: Labels;
  /** Further labels, of the group that it is recorded for. */
  group?: Labels;
  /** Sample at which it is looked at, from 0; one at which rules are evaluated. */
  at: number;
  /** Undefined: there must be no value. */
  value: number | undefined;
}

/** The scenes of one alert; they share the time between samples. */
export interface Play {
  stepSeconds: number;
  /** Rules are evaluated at every so many samples, at each one if left out. */
  evaluateEvery?: number;
  scenes: Scene[];
}

/** Five evaluations while an alert without a window is pending, so that half and double of it show. */
export function holdPace(forSeconds: number): { stepSeconds: number; hold: number } {
  return forSeconds > 0 ? { stepSeconds: forSeconds / 5, hold: 5 } : { stepSeconds: 60, hold: 0 };
}

/**
 * Twenty samples a window; more if the alert is also held for a time that is short against it, five if that time is long
 * against it.
 */
export function windowPace(
  windowSeconds: number,
  forSeconds: number,
): { stepSeconds: number; perWindow: number; hold: number } {
  const usual = windowSeconds / (forSeconds > 5 * windowSeconds ? 5 : 20);
  const fine = forSeconds > 0 ? Math.max(windowSeconds / 240, forSeconds / 2) : usual;
  const stepSeconds = Math.ceil(Math.min(usual, fine) * 1000) / 1000;
  return {
    stepSeconds,
    perWindow: Math.ceil(windowSeconds / stepSeconds),
    hold: holdSteps(forSeconds, stepSeconds),
  };
}

/** Evaluations after the first at which the condition must still hold. */
export function holdSteps(forSeconds: number, stepSeconds: number): number {
  return Math.ceil(Number((forSeconds / stepSeconds).toPrecision(9)));
}

/** A value on the firing side of a threshold by a share of it (by the share itself where the threshold is 0); negative: short of it. */
export function beyond({ is, value }: { is: string; value: number }, share: number): number {
  const size = Math.abs(value) || 1;
  return Number((value + (is.startsWith(">") ? size : -size) * share).toPrecision(12));
}

/** The same for a share, which is between 0 and 1. */
export function shareBeyond(threshold: { is: string; value: number }, share: number): number {
  return Math.max(0, Math.min(1, beyond(threshold, share)));
}

/** How a gauge goes: close to the threshold, onto it, beyond it for one evaluation too few, and for long enough. */
export function gaugeCourse(
  { calm, cool, edge, hot }: { calm: number; cool: number; edge: number; hot: number },
  hold: number,
): Phase<number>[] {
  const near: Phase<number>[] = [
    [calm, 3],
    [cool, hold + 2],
    [edge, hold + 2],
    [calm, 2],
  ];
  const past: Phase<number>[] = [
    [hot, hold],
    [calm, 2],
    [hot, hold + 3],
    [calm, 3],
  ];
  return [...near, ...past];
}
