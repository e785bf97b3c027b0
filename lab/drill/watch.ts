import { setTimeout as delay } from "node:timers/promises";
import { connect } from "../../live/prometheus.ts";
import type { LabState } from "../state.ts";
import { type Told, toldSince } from "../told.ts";

/** What monitoring says, seen from outside. Times are in milliseconds since 1970. */
export interface Watch {
  /** Alerts that fire now, by what they are about; the Watchdog, which always fires, is left out. */
  firing(): Map<string, string>;
  /** When an alert was first seen firing from a time on. */
  firedAt(alert: string, since: number): number | undefined;
  /** Alerts that began to fire since then. */
  begun(since: number): string[];
  told(since: number): Promise<Told[]>;
  stop(): Promise<void>;
}

const lookEveryMs = 200;

/** Looks at a lab's Prometheus five times a second until it is stopped. */
export function watchAlerts({ parts }: LabState): Watch {
  const prometheus = connect(parts.prometheus?.addresses.url ?? "", { seconds: 2 });
  const receivers = parts.receivers?.addresses.url ?? "";
  const stopped = new AbortController();
  let now = new Map<string, string>();
  const begun: { alert: string; at: number }[] = [];
  const look = async () => {
    const series = await prometheus.query('ALERTS{alertstate="firing",alertname!="Watchdog"}', new Date());
    const at = Date.now();
    const seen = new Map(series.map(({ labels }) => [JSON.stringify(labels), labels.alertname ?? ""]));
    for (const [identity, alert] of seen) if (!now.has(identity)) begun.push({ alert, at });
    now = seen;
  };
  const going = (async () => {
    while (!stopped.signal.aborted) {
      await look().catch(() => undefined);
      await delay(lookEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    firing: () => now,
    firedAt: (alert, since) => begun.find((one) => one.alert === alert && one.at >= since)?.at,
    begun: (since) => [...new Set(begun.filter(({ at }) => at >= since).map(({ alert }) => alert))],
    told: (since) => toldSince(receivers, { since, signal: AbortSignal.timeout(2_000) }),
    async stop() {
      stopped.abort();
      await going;
    },
  };
}
