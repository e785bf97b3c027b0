import type { Alert, Platform, Service, Signal } from "../model/model.ts";
import { type Matcher, oneOf, same } from "./matchers.ts";

/** Which alerts are not told while another one is, by the labels that both must have in common. */
export interface Inhibition {
  source: Matcher[];
  target: Matcher[];
  equal: string[];
}

/**
 * A page holds back the tickets of its SLO, a critical alert the warnings of the same service and cause, the outage of a service the
 * warnings about events of those that depend on it.
 */
export function inhibitions({ name, alerts, services }: Platform): Inhibition[] {
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
  const critical = alerts.filter(({ outage, severity }) => outage && severity === "critical");
  const warnings = alerts.filter(isSymptom);
  const outages = services
    .flatMap((service) => outageOf(service, { critical, warnings }) ?? [])
    .map(
      ({ outages, symptoms }): Inhibition => ({
        source: [own, same("severity", "critical"), oneOf("alertname", outages)],
        target: [own, same("severity", "warning"), oneOf("alertname", symptoms)],
        equal: place,
      }),
    );
  return [pages, ...causes, ...outages];
}

/**
 * Alerts that say the service does not work at all, and what must follow from it: events that fail or are slow in the services that
 * say they depend on it, those alone and not what depends on them in turn. Pages are no warnings: that users are hurt is told
 * whatever the reason, and a wrong dependency in the catalog can hide none.
 */
function outageOf(
  { name, callers }: Service,
  among: { critical: readonly Alert[]; warnings: readonly Alert[] },
): { outages: string[]; symptoms: string[] } | undefined {
  const namesOf = (some: readonly Alert[]) => some.map(({ alertname }) => alertname);
  const outages = among.critical.filter(({ service }) => service === name);
  if (outages.length === 0) return undefined;
  const symptoms = among.warnings.filter(({ service = "" }) => callers.includes(service));
  if (symptoms.length === 0) return undefined;
  return { outages: namesOf(outages), symptoms: namesOf(symptoms) };
}

// A gauge that is full or data that is missing has a reason of its own.
const OF_EVENTS: ReadonlySet<Signal["kind"]> = new Set(["burn", "event-ratio", "increase"]);

// What names a cause of its own is no symptom of another one.
function isSymptom({ severity, labels, signal }: Alert): boolean {
  return severity === "warning" && !labels.cause && OF_EVENTS.has(signal.kind);
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
