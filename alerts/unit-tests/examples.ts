import { secondsOf } from "../../catalog/units.ts";
import type { Alert, ExampleSpec } from "../../model/model.ts";
import { durationText } from "../duration-text.ts";
import { firing, type Tested } from "./expectation.ts";

/** The examples that a free-form alert brings, as promtool's tests. */
export function exampleTests(alert: Alert, examples: readonly ExampleSpec[], tested: Tested) {
  return examples.map(({ title, interval, series, expect }) => ({
    name: `${alert.alertname}: ${title}`,
    interval: durationText(secondsOf(interval)),
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: expect.map(({ at, firing: expected }) => ({
      eval_time: durationText(secondsOf(at)),
      alertname: alert.alertname,
      exp_alerts: expected.map((labels) => firing(alert, tested, labels)),
    })),
  }));
}

/** Rules are evaluated as often as the finest example has samples: a test file knows only one interval. */
export function exampleInterval(examples: readonly ExampleSpec[]): string {
  return durationText(Math.min(...examples.map(({ interval }) => secondsOf(interval))));
}
