import type { Alert, Platform, Signal } from "../model.ts";

/** Seconds between two scrapes of a service. */
export const USUAL_SCRAPE_SECONDS = 15;
/** Where a direct alert looks, a new sample comes as often as the alert is evaluated. */
export const DIRECT_SCRAPE_SECONDS = 5;

/** Services whose series a direct alert reads. */
export function directServices({ alerts }: Pick<Platform, "alerts">): Set<string> {
  return new Set(alerts.filter(({ direct }) => direct).flatMap((alert) => servicesOf(alert)));
}

function servicesOf({ signal, service }: Alert): string[] {
  const read = selections(signal).flatMap(({ metric, matchers }) => {
    const only = matchers.find((m) => m.label === "service" && m.op === "=");
    return only ? [only.value] : metric.services;
  });
  return read.length > 0 ? read : service ? [service] : [];
}

function selections(signal: Signal) {
  if ("of" in signal) return [signal.of];
  return "part" in signal ? [signal.part, signal.whole] : [];
}
