import type { DomainEvent } from "../domain/event.ts";
import type { Store } from "../store/database.ts";
import type { Journal } from "../store/journal.ts";
import { endedWithoutWork, failHopeless } from "./manage-runs.ts";
import { findStranded } from "./recovery.ts";

/** Milliseconds between two searches. */
const everyMs = 10_000;

export interface Search {
  /** Searches at once, unless a search is under way. */
  now(): void;
  /** Ends when the search under way does. */
  close(): Promise<void>;
}

export interface SearchOptions {
  journal: Journal;
  /** Told of what happened, for metrics and logs; the rows are written here. */
  observe: (event: DomainEvent) => void;
  onError: (error: Error) => void;
}

/** Looks again and again for runs that would never end by themselves, and ends them or sets them going. */
export function searchStranded(store: Store, { journal, observe, onError }: SearchOptions): Search {
  let underWay: Promise<void> | undefined;
  let closed = false;
  const search = async () => {
    (await failHopeless(store)).forEach(observe);
    const { failed } = await findStranded(store);
    for (const { status, ...run } of failed) {
      const finished = endedWithoutWork(run, "failed");
      await journal.run({
        id: run.id,
        state: "failed",
        error: `it could not be executed (${status})`,
        finished,
      });
    }
  };
  const now = () => {
    if (closed) return;
    underWay ??= search()
      .catch(onError)
      .finally(() => {
        underWay = undefined;
      });
  };
  const timer = setInterval(now, everyMs).unref();
  return {
    now,
    async close() {
      closed = true;
      clearInterval(timer);
      await underWay;
    },
  };
}
