import type { Signal } from "../model.ts";

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
    case "target-down":
      // Absent is also what a target that vanished from service discovery is, and what a job of which every instance is down is.
      return `absent(up{job="${signal.job}"} == 1)`;
    case "absent":
      return `absent(${signal.of.promql})`;
  }
}

function by(labels: readonly string[]): string {
  return labels.length > 0 ? ` by (${labels.join(", ")})` : "";
}
