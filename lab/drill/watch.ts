import { setTimeout as delay } from "node:timers/promises";
import { connect } from "../../live/prometheus.ts";
import type { LabState } from "../state.ts";
import { type Told, toldSince } from "../told.ts";

/** How often monitoring was asked, and how often it answered. */
export interface Looks {
  made: number;
  answered: number;
}

/** What monitoring says, seen from outside. Times are in milliseconds since 1970. */
export interface Watch {
  /** Names of the alerts that the last look saw firing, without the Watchdog, which always fires; nothing where that look got no answer. */
  firing(): string[] | undefined;
  /** When an alert was first seen firing from a time on. */
  firedAt(alert: string, since: number): number | undefined;
  /** Alerts that began to fire since then. */
  begun(since: number): string[];
  /** Alerts that fired at any moment since then, whenever they began. */
  fired(since: number): string[];
  /** Looks since then: who did not look saw no alert either. */
  looks(since: number): Looks;
  /** Throws where the receivers do not answer. */
  told(since: number): Promise<Told[]>;
  stop(): Promise<void>;
}

/** Where to look. */
export interface Watched {
  /** What fires now, by its labels in JSON; throws where it is not to be had. */
  look(): Promise<Map<string, string>>;
  told(since: number): Promise<Told[]>;
}

/** An alert that fires, from the first look that saw it to the last. */
interface Episode {
  identity: string;
  alert: string;
  from: number;
  to: number;
}

const lookEveryMs = 200;

/** Looks at a lab's Prometheus five times a second until it is stopped. */
export function watchAlerts({ parts }: Pick<LabState, "parts">): Watch {
  const prometheus = connect(parts.prometheus?.addresses.url ?? "", { seconds: 2 });
  const receivers = parts.receivers?.addresses.url ?? "";
  return watch({
    async look() {
      const series = await prometheus.query('ALERTS{alertstate="firing",alertname!="Watchdog"}', new Date());
      return new Map(series.map(({ labels }) => [JSON.stringify(labels), labels.alertname ?? ""]));
    },
    told: (since) => toldSince(receivers, { since, signal: AbortSignal.timeout(2_000) }),
  });
}

/** Looks five times a second until it is stopped. */
export function watch({ look, told }: Watched): Watch {
  const stopped = new AbortController();
  const looks: { at: number; isAnswered: boolean }[] = [];
  const { episodes, saw } = episodesSeen();
  const going = (async () => {
    while (!stopped.signal.aborted) {
      const seen = await look().catch(() => undefined);
      const at = Date.now();
      looks.push({ at, isAnswered: seen !== undefined });
      if (seen) saw(seen, at);
      await delay(lookEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    firing() {
      const last = looks.at(-1);
      return last?.isAnswered ? namesOf(episodes.filter(({ to }) => to === last.at)) : undefined;
    },
    firedAt: (alert, since) => episodes.find((one) => one.alert === alert && one.from >= since)?.from,
    begun: (since) => namesOf(episodes.filter(({ from }) => from >= since)),
    fired: (since) => namesOf(episodes.filter(({ to }) => to >= since)),
    looks(since) {
      const made = looks.filter(({ at }) => at >= since);
      return { made: made.length, answered: made.filter(({ isAnswered }) => isAnswered).length };
    },
    told,
    async stop() {
      stopped.abort();
      await going;
    },
  };
}

/** Alerts that fired, from look to look that was answered: what fired before and after one that failed went on meanwhile. */
function episodesSeen() {
  const episodes: Episode[] = [];
  let open: Episode[] = [];
  const saw = (seen: ReadonlyMap<string, string>, at: number) => {
    open = [...seen].map(([identity, alert]) => {
      const known = open.find((one) => one.identity === identity);
      if (known) return Object.assign(known, { to: at });
      const begun = { identity, alert, from: at, to: at };
      episodes.push(begun);
      return begun;
    });
  };
  return { episodes, saw };
}

function namesOf(episodes: readonly Episode[]): string[] {
  return [...new Set(episodes.map(({ alert }) => alert))];
}
