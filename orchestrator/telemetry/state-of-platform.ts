import type { Clock } from "../clock.ts";
import type { DatabasePulse } from "../resilience/database-pulse.ts";
import type { EvidenceFolder } from "../resilience/evidence-folder.ts";
import type { Resilience } from "../resilience/resilience.ts";
import type { Session } from "../sessions/session.ts";
import type { Database, Store } from "../store/database.ts";
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
import type { PlatformState, SessionNow } from "./platform-state.ts";

interface StateOptions {
  store: Store;
  resilience: Resilience;
  evidence: EvidenceFolder;
  pulse: DatabasePulse;
  /** That this process runs; others are known by the labels of their tasks. */
  sessions: () => readonly Session[];
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
  evidence,
  pulse,
  sessions,
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
    sessions: () => sessionsNow(pool, sessions()),
    orphanedRuns: () => orphanedRuns(pool),
    costs: costsByTheMinute(store),
    openBreakers: () => resilience.openBreakers(),
    mode: () => resilience.mainLadder?.mode.name ?? "normal",
    emergencyLevel: () => emergency()?.rank ?? 0,
    personRequested: () => [...resilience.ladders.values()].some(({ mode }) => mode.works.requestsPerson),
    tokensOfHour: () => tokensOfHour(pool, clock.now()),
    modelQueues: () => ({ waiting: 0, backOffSeconds: {} }),
    oldestUncompressedSeconds: () => evidence.oldestUncompressedSeconds(),
    evidenceSpace: () => evidence.space(),
    databaseSilentSeconds: () => pulse.silentSeconds(),
  };
}

/** Sessions whose processes run here, and those that are known by the labels of their tasks only. */
async function sessionsNow(db: Database, own: readonly Session[]): Promise<SessionNow[]> {
  const working = own.map(({ key, ageSeconds, ladder, usage, shares }) => ({
    ...{ id: key, ageSeconds, shares, ...(usage && { usage }) },
    isConservative: (ladder?.mode.rank ?? 0) > 0,
  }));
  const labelled = (await sessionsOfNow(db, mostNamed)).filter(
    ({ id }) => !own.some(({ key }) => key.endsWith(`/${id}`)),
  );
  const others = labelled.map((session) => ({ ...session, isConservative: false }));
  return [...working, ...others].slice(0, mostNamed);
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
