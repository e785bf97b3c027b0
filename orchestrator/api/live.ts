import type { RecordedEvent } from "../domain/event.ts";
import type { EventFilter, Events } from "./ports.ts";

interface LiveOptions {
  filter: Omit<EventFilter, "limit">;
  /** Ends the stream. */
  signal: AbortSignal;
  /** A sign of life is due after this time without an event. */
  quietMs: number;
}

const batch = 200;

/** A batch of events in the order of their ids, without gaps; empty where nothing happened for `quietMs`. */
export async function* liveEvents(
  events: Events,
  { filter, signal, quietMs }: LiveOptions,
): AsyncGenerator<RecordedEvent[]> {
  let { after } = filter;
  const wakeUp = wakeUps(events, signal);
  try {
    while (!signal.aborted) {
      // Asked for before reading: what comes meanwhile is not slept over.
      const woken = wakeUp.next(quietMs);
      const found = await events.list({ ...filter, after, limit: batch });
      if (signal.aborted) return;
      if (found.length > 0) {
        after = found.at(-1)?.id ?? after;
        yield found;
        continue;
      }
      if ((await woken) === "quiet") yield [];
    }
  } finally {
    wakeUp.stop();
  }
}

function wakeUps(events: Events, signal: AbortSignal) {
  let waiting: ((why: "woken") => void) | undefined;
  const wake = (): void => waiting?.("woken");
  const unsubscribe = events.onNew(wake);
  signal.addEventListener("abort", wake);
  return {
    next: (quietMs: number): Promise<"woken" | "quiet"> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve("quiet"), quietMs);
        waiting = (why) => {
          clearTimeout(timer);
          resolve(why);
        };
      }),
    stop: () => {
      unsubscribe();
      signal.removeEventListener("abort", wake);
      waiting?.("woken");
    },
  };
}
