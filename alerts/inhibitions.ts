import type { Alert, Platform, Signal } from "../model/model.ts";
import { type Matcher, oneOf, same } from "./matchers.ts";

/** Which alerts are not told while another one is, by the labels that both must have in common. */
export interface Inhibition {
  source: Matcher[];
  target: Matcher[];
  equal: string[];
}

/** A page holds back the tickets of its SLO, a critical alert the warnings of the same service and cause. */
export function inhibitions({ name, alerts }: Platform): Inhibition[] {
  const own = same("platform", name);
  const place = ["environment", "platform"];
  const pages: Inhibition = {
    source: [own, { label: "tier", op: "=~", value: "page-.+" }],
    target: [own, { label: "tier", op: "=~", value: "ticket-.+" }],
    equal: [...place, "slo"],
  };
  const causes = pairsByCommonLabels(alerts).map(
    ({ common, critical, warnings }): Inhibition => ({
      source: [own, same("severity", "critical"), same("alertname", critical)],
      target: [own, same("severity", "warning"), oneOf("alertname", warnings)],
      equal: [...new Set([...place, "service", "cause", ...common])],
    }),
  );
  return [pages, ...causes];
}

/** A critical alert, the warnings of its service and cause, and the labels that it and each of them keep. */
interface Pairs {
  critical: string;
  warnings: string[];
  common: string[];
}

/**
 * An alert about one stage must not silence a warning about another: where both keep a label, its value must be the same. Where
 * only one of them keeps it there is nothing to compare, and the common cause decides.
 */
function pairsByCommonLabels(alerts: readonly Alert[]): Pairs[] {
  const caused = alerts.filter(({ labels }) => labels.cause !== undefined);
  const pairs = new Map<string, Pairs>();
  for (const critical of caused.filter(({ severity }) => severity === "critical")) {
    const kept = keptLabels(critical.signal);
    for (const warning of caused.filter((other) => isWarningOf(critical, other))) {
      const common = keptLabels(warning.signal).filter((label) => kept.includes(label));
      const key = [critical.alertname, ...common].join();
      const found = pairs.get(key) ?? { critical: critical.alertname, warnings: [], common };
      pairs.set(key, { ...found, warnings: [...found.warnings, warning.alertname] });
    }
  }
  return [...pairs.values()];
}

function isWarningOf(critical: Alert, { severity, service, labels }: Alert): boolean {
  return severity === "warning" && service === critical.service && labels.cause === critical.labels.cause;
}

/** Labels that tell the instances of one alert apart; of a free-form alert those that all its examples fire with. */
function keptLabels(signal: Signal): string[] {
  if ("by" in signal) return [...signal.by].sort();
  if (signal.kind !== "promql") return [];
  const firing = signal.examples.flatMap(({ expect }) => expect.flatMap((moment) => moment.firing));
  const [first = {}, ...others] = firing;
  return Object.keys(first)
    .filter((label) => others.every((one) => label in one))
    .sort();
}
