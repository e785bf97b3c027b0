import { stateOf as alertStateOf } from "../../live/page.ts";
import { type Prometheus, QueryError, UnreachableError } from "../../live/prometheus.ts";
import { type Step, StepFailedError, type Work } from "./step.ts";

/** Alerts that must not fire, by their name in Prometheus, and who is asked. */
export interface Watched {
  prometheus: Prometheus;
  alerts: readonly { alertname: string; labels: Record<string, string> }[];
  /** For how long, in seconds and without a gap. */
  watchSeconds: number;
  /** After so many seconds nobody waits any longer for an answer. */
  timeoutSeconds: number;
  now: () => Date;
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** Milliseconds between two looks; fewer where there is little time. */
const LOOK = 5_000;

/**
 * Watches until none of the alerts fired for the whole time. One that fires sends the release back at once. While Prometheus cannot be asked, or does not know
 * an alert, the time does not count: who has not seen anything has not seen that nothing fired.
 */
export function watchStep(watched: Watched): Step {
  const { watchSeconds, timeoutSeconds, now, sleep } = watched;
  const look = Math.min(LOOK, Math.max(100, (watchSeconds * 1000) / 10));
  return {
    name: "watch",
    changes: false,
    async run(work) {
      const late = now().getTime() + timeoutSeconds * 1000;
      let since: number | undefined;
      for (;;) {
        const unknown = await unknownOf(watched);
        const at = now().getTime();
        if (unknown === undefined) since ??= at;
        else since = undefined;
        if (since !== undefined && at - since >= watchSeconds * 1000) return { says: saidOf(watched) };
        if (at >= late) throw new StepFailedError(tooLate(watched, unknown), "inconclusive");
        if (unknown !== undefined) tell(work, unknown);
        await sleep(look, work.signal);
      }
    },
  };
}

function tell({ say }: Work, unknown: string): void {
  say(`watch: ${unknown}; the time begins anew once it can be told`);
}

/** Why it cannot be told whether an alert fires; absent where none does. Throws a StepFailedError where one fires. */
async function unknownOf({ prometheus, alerts }: Watched): Promise<string | undefined> {
  for (const { alertname, labels } of alerts) {
    try {
      const alert = alertStateOf(await prometheus.alerts(alertname), labels);
      if (alert.state === "not loaded") return `Prometheus has no alert ${alertname}`;
      if (alert.state === "firing")
        throw new StepFailedError(`alert ${alertname} fires since ${alert.since.toISOString()}`);
    } catch (error) {
      if (error instanceof UnreachableError) return `Prometheus does not answer (${error.message})`;
      if (error instanceof QueryError) return `Prometheus cannot tell of ${alertname} (${error.message})`;
      throw error;
    }
  }
  return undefined;
}

function saidOf({ alerts, watchSeconds }: Watched): string {
  return `for ${watchSeconds} s none of ${alerts.map(({ alertname }) => alertname).join(", ")} fired`;
}

function tooLate({ watchSeconds, timeoutSeconds }: Watched, unknown: string | undefined): string {
  const why = unknown ?? "there were gaps";
  return `in ${timeoutSeconds} s there were no ${watchSeconds} s in which it could be told that no alert fires: ${why}`;
}
