import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Panel } from "../model/model.ts";

type Steps = Panel["thresholds"];

/** From good to bad; blue says nothing of either. */
const BADNESS: Record<Steps[number]["color"], number> = { green: 0, blue: 0, yellow: 1, orange: 2, red: 3 };

/** Colours as Grafana wants them: in ascending order, the first one without a value. */
export function thresholdsOf(thresholds: Steps): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(stepsOf(thresholds));
}

/** The steps alone, for an override. */
export function stepsOf(thresholds: Steps): Threshold[] {
  const steps = [...thresholds].sort((a, b) => a.value - b.value);
  return [{ value: null, color: below(steps) }, ...steps.map(({ value, color }) => ({ value, color }))];
}

// Where more is better, what is below the worst step is no better than it: a budget that is overdrawn is not green.
function below(steps: Steps): string {
  return (moreIsBetter(steps) && steps[0]?.color) || "green";
}

/** Whether the colours get better upwards; `steps` ascend. */
export function moreIsBetter(steps: Steps): boolean {
  const [first, last] = [steps[0], steps.at(-1)];
  return first !== undefined && last !== undefined && BADNESS[first.color] > BADNESS[last.color];
}
