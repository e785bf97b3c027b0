import { alertLabels } from "../../model/alerting/alert-labels.ts";
import type { Alert, Environment, Platform } from "../../model/model.ts";
import { annotationsOf } from "../annotations.ts";
import { sortedLabels } from "../sorted-labels.ts";
import type { Labels } from "./series.ts";

/** Where the tested rules stand. */
export interface Tested {
  platform: Platform;
  environment: Environment;
}

/** A firing alert as promtool expects it: `labels` are those of the expression's result. */
export function firing(alert: Alert, { platform, environment }: Tested, labels: Labels) {
  const all = { ...labels, ...alertLabels(alert, environment) };
  return {
    exp_labels: sortedLabels(all),
    exp_annotations: annotationsOf(alert, { platform, environment }).shown(all),
  };
}
