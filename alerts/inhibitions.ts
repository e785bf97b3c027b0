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
  const causes = criticalByKeptLabels(alerts).map(
    ([kept, names]): Inhibition => ({
      source: [own, same("severity", "critical"), oneOf("alertname", names)],
      // Alerts without a cause have nothing in common: an empty label would count as equal.
      target: [own, same("severity", "warning"), { label: "cause", op: "=~", value: ".+" }],
      equal: [...new Set([...place, "service", "cause", ...kept])],
    }),
  );
  return [pages, ...causes];
}

/**
 * Names of the critical alerts with a cause, by the labels that they keep. An alert about one breaker must not silence a warning
 * about another, nor one about all of them: the warning must have the same value of every label that the critical alert keeps.
 * One that keeps none speaks of the whole service, and so of each of its parts.
 */
function criticalByKeptLabels(alerts: readonly Alert[]): [kept: string[], names: string[]][] {
  const found = new Map<string, [string[], string[]]>();
  for (const { alertname, severity, labels, signal } of alerts) {
    if (severity !== "critical" || labels.cause === undefined) continue;
    const kept = keptLabels(signal);
    const entry = found.get(kept.join()) ?? [kept, []];
    entry[1].push(alertname);
    found.set(kept.join(), entry);
  }
  return [...found.values()].sort(([a], [b]) => (a.join() < b.join() ? -1 : 1));
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
