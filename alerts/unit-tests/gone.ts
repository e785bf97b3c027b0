// Courses in which what an absence alert watches goes away and comes back.
import { type Phase, phaseEnds, phases, type Series } from "./series.ts";

/** Whether something is there at each sample, and the samples at which its alert is looked at. */
export interface Presence {
  isThere: boolean[];
  looks: number[];
}

/** There for `before` samples, gone for one evaluation too few to fire, then for long enough. */
export function comesAndGoes(before: number, hold: number): Presence {
  return presence([
    [true, before],
    [false, hold],
    [true, 3],
    [false, hold + 3],
    [true, 3],
  ]);
}

/** One group is gone for longer than it is missed, while another stays; then it is back. */
export function oneGroupGone({ stepSeconds, hold }: { stepSeconds: number; hold: number }) {
  const anHour = Math.ceil(3600 / stepSeconds);
  return {
    title: "fires for an hour when one group is gone and others are not",
    ...presence([
      [true, anHour + 3],
      [false, anHour + hold + 3],
      [true, 2],
    ]),
  };
}

function presence(course: Phase<boolean>[]): Presence {
  return { isThere: phases(...course), looks: phaseEnds(course) };
}

/** Series with samples only where something is there. */
export function onlyWhere(isThere: readonly boolean[], all: readonly Series[]): Series[] {
  return all.map((series) => ({
    ...series,
    values: series.values.map((value, i) => (isThere[i] ? value : null)),
  }));
}
