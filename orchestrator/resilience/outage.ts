import type { Clock } from "../clock.ts";
import { Postponed } from "../domain/agent.ts";

/** Seconds before each attempt to reach what is away; the last one repeats. Our reading: soon at first, then twice a minute. */
const usualWaits = [1, 2, 4, 8, 16, 30];

/** Something that tasks need: while it is away, tasks wait, and one probe at a time asks for it. */
export interface Outage {
  isOn(): boolean;
  /** It is away: from now on it is asked for until it answers. Says whether that is new. */
  begin(): boolean;
  /** A task has been served: the next outage is asked after soon again. */
  served(): void;
  /** What a task that needs it is told: to wait until it is back. */
  postponed(message: string): Postponed;
  /** Asks no more; resolves when the attempt under way has ended. */
  stop(): Promise<void>;
}

interface OutageOptions {
  /** Resolves when what was away answers again, and rejects where it does not. */
  probe: (signal: AbortSignal) => Promise<unknown>;
  clock: Clock;
  waitSeconds?: readonly number[];
}

/** Nothing is away until somebody finds it so. */
export function outage({ probe, clock, waitSeconds = usualWaits }: OutageOptions): Outage {
  const stopped = new AbortController();
  const { signal } = stopped;
  let tries = 0;
  let over: Promise<void> | undefined;

  const answers = async (): Promise<boolean> => {
    const seconds = waitSeconds[Math.min(tries++, waitSeconds.length - 1)] ?? 0;
    await clock.sleep(seconds * 1_000, signal);
    await probe(signal);
    return true;
  };
  const untilItAnswers = async () => {
    while (!signal.aborted && !(await answers().catch(() => false)));
    over = undefined;
  };
  return {
    isOn: () => over !== undefined,
    begin() {
      if (over !== undefined || signal.aborted) return false;
      over = untilItAnswers();
      return true;
    },
    served() {
      tries = 0;
    },
    postponed(message) {
      const end = over ?? Promise.resolve();
      return new Postponed(message, () => end);
    },
    async stop() {
      stopped.abort();
      await over;
    },
  };
}
