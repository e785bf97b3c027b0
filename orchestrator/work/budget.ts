import type { Platform } from "../../model/model.ts";
import type { Limit } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import { limitOf } from "../resilience/platform-limits.ts";
import type { Store } from "../store/database.ts";
import { tokensOfHour } from "../store/token-usage.ts";

/** What no limit of the catalog holds back. */
const unlimited = Number.MAX_SAFE_INTEGER;

/** What a run may use, and what all runs may use in an hour, at which it is held back by itself. */
export interface Budget {
  /** Tokens of a run; one that would use more is stopped. */
  perRun: number;
  /** Tokens of any hour; a call that would use more waits. */
  perHour: number;
  /** Bytes of a run's evidence. */
  evidence: number;
}

/**
 * The platform's limits `task-tokens`, `hourly-tokens` and `task-evidence`, as far as what they say happens at them holds back a call:
 * at one that only pauses starts, running tasks finish.
 */
export function budgetOf(platform: Pick<Platform, "limits">): Budget {
  const held = (limit: Limit | undefined, by: readonly Limit["reached"][number][]) =>
    limit?.reached.some((what) => by.includes(what)) ? limit.atMost : unlimited;
  return {
    perRun: held(limitOf(platform, "task-tokens"), ["fail-task", "refuse"]),
    perHour: held(limitOf(platform, "hourly-tokens"), ["wait", "refuse", "pause-tasks"]),
    evidence: held(limitOf(platform, "task-evidence"), ["fail-task", "refuse"]),
  };
}

/** Whether runs may start, as far as the tokens of the last hour matter. */
export interface StartsAllowed {
  /** As it was last seen, a second ago at most. */
  now(): boolean;
  stop(): Promise<void>;
}

/** Looks at the tokens of the hour each second, where the platform's limit of them pauses starts (WV-14). */
export function watchHour(
  platform: Pick<Platform, "limits">,
  { store, clock }: { store: Store; clock: Clock },
): StartsAllowed {
  const limit = limitOf(platform, "hourly-tokens");
  if (!limit?.reached.includes("pause-starts")) return { now: () => true, stop: async () => undefined };
  const stopped = new AbortController();
  let allowed = true;
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      // While the database is away nothing starts anyway.
      const used = await tokensOfHour(store.pool, clock.now()).catch(() => 0);
      allowed = used < limit.atMost;
      await clock.sleep(1_000, stopped.signal).catch(() => undefined);
    }
  })();
  return {
    now: () => allowed,
    async stop() {
      stopped.abort();
      await watching;
    },
  };
}
