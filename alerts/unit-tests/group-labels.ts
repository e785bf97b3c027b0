import type { Selection, Signal } from "../../model/model.ts";
import { groupOne } from "./groups.ts";

/**
 * The signal with samples that carry every label the alert keeps. A label that the scrape adds, such as the pod, is none of the
 * metric's own, and a series without it would not show that the rule keeps it.
 */
export function withGroupLabels(signal: Signal): Signal {
  switch (signal.kind) {
    case "threshold":
    case "increase":
      return { ...signal, of: labelled(signal.of, signal.by) };
    case "gauge-ratio":
    case "event-ratio":
      return { ...signal, part: labelled(signal.part, signal.by), whole: labelled(signal.whole, signal.by) };
    case "forecast": {
      const { capacity } = signal;
      const of = labelled(signal.of, signal.by);
      return {
        ...signal,
        of,
        ...(capacity && { capacity: { ...capacity, of: labelled(capacity.of, signal.by) } }),
      };
    }
    default:
      return signal;
  }
}

function labelled(selection: Selection, by: readonly string[]): Selection {
  return { ...selection, sample: { ...groupOne({ by }), ...selection.sample } };
}
