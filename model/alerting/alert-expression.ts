import type { Signal } from "../model.ts";
import { ownSelector } from "./error-ratio.ts";
import { forecastExpression } from "./forecast.ts";

/** PromQL of an alert from its structured definition; free-form alerts bring their own. */
export function alertExpression(signal: Exclude<Signal, { kind: "burn" | "promql" | "always" }>): string {
  switch (signal.kind) {
    case "threshold":
      return `${signal.aggregate}${by(signal.by)} (${signal.of.promql}) ${signal.is} ${signal.value}`;
    case "gauge-ratio": {
      const whole = `sum${by(signal.by)} (${signal.whole.promql})`;
      return `sum${by(signal.by)} (${signal.part.promql}) / (${whole} > 0) ${signal.is} ${signal.value}`;
    }
    case "event-ratio": {
      const over = (series: string) => `sum${by(signal.by)} (increase(${series}[${signal.window}]))`;
      const whole = over(signal.whole.promql);
      const ratio = `${over(signal.part.promql)} / (${whole} > 0)`;
      return `${ratio} ${signal.is} ${signal.value} and ${whole} >= ${signal.minimumEvents}`;
    }
    case "increase":
      return `sum${by(signal.by)} (increase(${signal.of.promql}[${signal.window}])) ${signal.is} ${signal.value}`;
    case "forecast":
    case "budget-forecast":
      return forecastExpression(signal);
    case "target-down":
      // Absent is also what a target that vanished from service discovery is, and what a job of which every instance is down is.
      return `absent(up{job="${signal.job}"} == 1)`;
    case "absent":
      return `absent(${signal.of.promql})${groupsGone(signal.of.promql, signal.by)}`;
    case "unrecorded": {
      const all = signal.series.map(({ record, labels }) => `${record}${ownSelector(labels)}`);
      const missing = all.map((series) => `absent(${series})`).join(" or ");
      // Several parts may be missing at once, and the rule's labels would make them one and the same alert.
      return all.length > 1 ? `group(${missing})` : `${missing}${groupsGone(all[0] ?? "", signal.by)}`;
    }
  }
}

/** The hour after which a group that is gone is no longer missed: longer than any alert waits, too short to keep a customer who left. */
export const GROUP_MISSED_SECONDS = 3600;

/** Groups that were there an hour ago and are not now, unless everything is gone, which is one alert and not as many as groups. */
function groupsGone(series: string, labels: readonly string[]): string {
  if (labels.length === 0) return "";
  const groups = (inner: string) => `group${by(labels)} (${inner})`;
  return ` or ${groups(`${series} offset ${GROUP_MISSED_SECONDS / 3600}h`)} unless ${groups(series)} unless on () absent(${series})`;
}

function by(labels: readonly string[]): string {
  return labels.length > 0 ? ` by (${labels.join(", ")})` : "";
}
