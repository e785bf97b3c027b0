import type { Clock } from "../clock.ts";
import type { Resilience } from "../resilience/resilience.ts";
import type { Store } from "../store/database.ts";
import {
  agentsOfNow,
  approvalsOfNow,
  costsOfNow,
  orphanedRuns,
  runsOfNow,
  sessionsOfNow,
} from "../store/state-of-now.ts";
import { tokensOfHour } from "../store/token-usage.ts";
import { workOfNow } from "../store/work-of-now.ts";
import type { PlatformState } from "./platform-state.ts";

interface StateOptions {
  store: Store;
  resilience: Resilience;
  clock: Clock;
  /** Of the engine, once there is one. */
  executorId: () => string | undefined;
}

/** Series of sessions and projects at most, as the catalogs declare them. */
const mostNamed = 20;

/** Costs are summed over the runs of a month: not more often than this. */
const costsEveryMs = 60_000;

/** What is so now, as the store, the breakers and the modes know it. */
export function stateOfPlatform({
  store,
  resilience,
  clock,
  executorId,
}: StateOptions): Omit<PlatformState, "live"> {
  const { pool } = store;
  const none = { queued: 0, running: 0, "waiting-for-approval": 0, paused: 0 };
  const emergency = () => resilience.ladders.get("emergency")?.mode;
  return {
    isLeader: async () => (await workOfNow(pool)).leader === executorId(),
    work: () => workOfNow(pool),
    runs: async () => ({ ...none, ...(await runsOfNow(pool)) }),
    approvals: () => approvalsOfNow(pool),
    agents: () => agentsOfNow(pool),
    sessions: async () => {
      const open = await sessionsOfNow(pool, mostNamed);
      return open.map((session) => {
        const mode = resilience.session(session.id)?.mode;
        return { ...session, isConservative: mode !== undefined && mode.rank > 0 };
      });
    },
    orphanedRuns: () => orphanedRuns(pool),
    costs: costsByTheMinute(store),
    openBreakers: () => resilience.openBreakers(),
    mode: () => resilience.mainLadder?.mode.name ?? "normal",
    emergencyLevel: () => emergency()?.rank ?? 0,
    personRequested: () => [...resilience.ladders.values()].some(({ mode }) => mode.works.requestsPerson),
    tokensOfHour: () => tokensOfHour(pool, clock.now()),
    modelQueues: () => ({ waiting: 0, backOffSeconds: {} }),
    oldestUncompressedSeconds: async () => 0,
  };
}

function costsByTheMinute({ pool }: Store): PlatformState["costs"] {
  let known: { at: number; costs: ReturnType<typeof costsOfNow> } | undefined;
  return () => {
    const now = performance.now();
    if (known && now - known.at <= costsEveryMs) return known.costs;
    known = { at: now, costs: costsOfNow(pool, mostNamed) };
    known.costs.catch(() => {
      known = undefined;
    });
    return known.costs;
  };
}
