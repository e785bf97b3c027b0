import type { Slo } from "../../model/model.ts";
import type { Clock } from "./extrapolation.ts";
import type { Labels, Series } from "./series.ts";
import type { Verdict } from "./verdict.ts";

/** An alert that may fire: its labels before the rule adds its own, and at each moment whether its condition holds. */
export interface Candidate {
  labels: Labels;
  condition: Verdict[];
}

/** What is fed, and the SLO that burn rates are counted for: one object for all alerts that are tried on a scene. */
export interface Fed extends Clock {
  series: readonly Series[];
  slo?: Slo | undefined;
}
