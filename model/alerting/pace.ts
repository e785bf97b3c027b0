import { type Duration, secondsOf } from "../../catalog/units.ts";
import type { Alert, Environment, Platform, Signal } from "../model.ts";

/** Seconds between two scrapes of a service. */
export const USUAL_SCRAPE_SECONDS = 15;
/** Where a direct alert looks, a new sample comes as often as the alert is evaluated. */
export const DIRECT_SCRAPE_SECONDS = 5;

/** How often and how soon things are done, as Prometheus and Alertmanager write it. */
export interface Pace {
  scrape: { direct: Duration; usual: Duration };
  /** Of rules; `slow` are those with windows of 6 h and more, `counts` those of which the period is added up. */
  evaluate: { direct: Duration; usual: Duration; counts: Duration; slow: Duration };
  /** How long warnings of one name are collected at first, and how long what is new waits afterwards. */
  collect: { first: Duration; next: Duration };
  /** The same of one critical alert: that it is over, or back. */
  critical: { first: Duration; next: Duration };
}

const PACES: Record<Environment["pace"], Pace> = {
  usual: {
    // Where a direct alert looks, a new sample comes as often as the alert is evaluated.
    scrape: { direct: `${DIRECT_SCRAPE_SECONDS}s`, usual: `${USUAL_SCRAPE_SECONDS}s` },
    /**
     * Conventions: direct signals (breaker open, target down, invariant) every 5 s, in production too. A window of 6 h or more moves
     * by 0.6 % in two minutes, and each evaluation reads all its samples: two minutes cost a quarter of what 30 s would. Not longer,
     * since a series older than five minutes is gone for the rules that read it. Counts of five minutes once a minute: five of them see
     * each event, all events alike, and a month of them is half as long to read as it would be at 30 s.
     */
    evaluate: { direct: "5s", usual: "30s", counts: "1m", slow: "2m" },
    collect: { first: "30s", next: "5m" },
    // WV-9 leaves 5 s for what changes too.
    critical: { first: "0s", next: "5s" },
  },
  drill: {
    scrape: { direct: "1s", usual: "1s" },
    // Of a window of 6 h nothing more can be seen each second than each half minute.
    evaluate: { direct: "1s", usual: "1s", counts: "30s", slow: "30s" },
    collect: { first: "0s", next: "1s" },
    critical: { first: "0s", next: "1s" },
  },
};

/** The pace of an environment's alerting. */
export function paceOf({ pace }: Pick<Environment, "pace">): Pace {
  return PACES[pace];
}

/** Windows of so many seconds and more move little while a slow group waits. */
export const SLOW_WINDOW_SECONDS = 21_600;

/** How often the rule of an alert is evaluated. */
export function evaluatedEvery(
  { direct, signal }: Pick<Alert, "direct" | "signal">,
  environment: Pick<Environment, "pace">,
): Duration {
  const { evaluate } = paceOf(environment);
  if (direct) return evaluate.direct;
  return signal.kind === "forecast" && signal.basedOnSeconds >= SLOW_WINDOW_SECONDS
    ? evaluate.slow
    : evaluate.usual;
}

/**
 * Seconds at most between an event and the evaluation of an alert that sees it: until it is scraped, until the alert's rule is evaluated, and
 * before that, of a burn rate whose long window is recorded by the slow group, until it is recorded.
 */
export function seenWithin(
  alert: Pick<Alert, "direct" | "signal">,
  environment: Pick<Environment, "pace">,
): number {
  const { scrape, evaluate } = paceOf(environment);
  const { direct, signal } = alert;
  const isSlow = signal.kind === "burn" && signal.tier.longSeconds >= SLOW_WINDOW_SECONDS;
  const waits = [
    direct ? scrape.direct : scrape.usual,
    ...(isSlow ? [evaluate.slow] : []),
    evaluatedEvery(alert, environment),
  ];
  return waits.reduce((sum, wait) => sum + secondsOf(wait), 0);
}

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
  if (signal.kind === "forecast") return [signal.of, ...(signal.capacity ? [signal.capacity.of] : [])];
  if ("of" in signal) return [signal.of];
  return "part" in signal ? [signal.part, signal.whole] : [];
}
