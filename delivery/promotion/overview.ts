import { mayEnter } from "./may-enter.ts";
import type { EntryAnswer, EntryFacts } from "./requirement.ts";
import { occupancyOf } from "./soak.ts";
import { type DeliveryState, type EnvironmentState, stateOf, stayNow, wasVerifiedIn } from "./state.ts";

/** How a release stands in an environment. `was`: it was verified there, and runs there no more. */
export type Standing = "runs" | "enters" | "was" | "never";

/** What runs where, and what is to come: plain JSON. */
export interface Overview {
  platform: string;
  /** ISO 8601. */
  at: string;
  environments: EnvironmentRow[];
  /** Newest first. */
  releases: { release: string; madeAt: string; by: string; hotfix?: string; standing: Standing[] }[];
}

/** One environment, in the order of a release's way. */
export interface EnvironmentRow {
  environment: string;
  runs?: { release: string; since: string; seconds: number };
  held?: { because: string; at: string };
  frozen?: { name: string; until: string };
  underWay?: { release: string; by: string; host: string; since: string; until?: string };
  /** The release that comes next from the environment before, and what it waits for. */
  next?: {
    release: string;
    may: boolean;
    pending?: EntryAnswer["pending"];
    open: string[];
    earliest?: string;
  };
}

/** Where each release stands. `factsFor` gives the facts by which one that comes next is judged. */
export function overviewOf(
  facts: EntryFacts,
  {
    at,
    by,
    factsFor,
  }: { at: Date; by?: string | undefined; factsFor: (environment: string, release: string) => EntryFacts },
): Overview {
  const state = stateOf(facts.ledger.records);
  const { stops } = facts.promotion;
  const environments = stops.map((stop): EnvironmentRow => {
    const { environment, freezes } = stop;
    const there = state.environments.get(environment) ?? { stays: [] };
    const runs = stayNow(state, environment);
    const freeze = facts.freezeAt(freezes, at);
    const next = nextFor(stop, state);
    return {
      environment,
      ...(runs && {
        runs: {
          release: runs.release,
          since: runs.from,
          seconds: secondsHere(state, { environment, release: runs.release, at }),
        },
      }),
      ...(there.held && { held: there.held }),
      ...(freeze && { frozen: { name: freeze.freeze.name, until: freeze.until.toISOString() } }),
      ...underWayOf(state, there),
      ...(next && {
        next: judged(mayEnter({ release: next, environment, by, at }, factsFor(environment, next)), next),
      }),
    };
  });
  const releases = [...state.releases].reverse().map(
    ([
      release,
      {
        release: { hotfix },
        at: madeAt,
        by: madeBy,
      },
    ]) => ({
      ...{ release, madeAt, by: madeBy, ...(hotfix !== undefined && { hotfix }) },
      standing: stops.map(({ environment }) => standingOf(state, { environment, release })),
    }),
  );
  return { platform: facts.platform, at: at.toISOString(), environments, releases };
}

function judged(
  { may, pending, asked, earliest }: EntryAnswer,
  release: string,
): NonNullable<EnvironmentRow["next"]> {
  const open = asked
    .filter(({ answer, isOverridden }) => answer !== "met" && !isOverridden)
    .map(({ id }) => id);
  return { release, may, ...(pending && { pending }), open, ...(earliest && { earliest }) };
}

function nextFor(
  { after, environment }: EntryFacts["promotion"]["stops"][number],
  state: DeliveryState,
): string | undefined {
  const before = after === undefined ? [...state.releases.keys()].at(-1) : stayNow(state, after)?.release;
  const isThere = state.environments.get(environment)?.stays.some(({ release }) => release === before);
  return isThere ? undefined : before;
}

function secondsHere(state: DeliveryState, of: { environment: string; release: string; at: Date }): number {
  return Math.round(occupancyOf(state, of)?.now?.seconds ?? 0);
}

function underWayOf(state: DeliveryState, { underWay }: EnvironmentState): Pick<EnvironmentRow, "underWay"> {
  const promotion = underWay === undefined ? undefined : state.promotions.get(underWay);
  if (promotion === undefined) return {};
  const { release, holder, begunAt, expires } = promotion;
  return {
    underWay: {
      release,
      by: holder.by,
      host: holder.host,
      since: begunAt,
      ...(expires && { until: expires }),
    },
  };
}

function standingOf(
  state: DeliveryState,
  { environment, release }: { environment: string; release: string },
): Standing {
  const underWay = state.environments.get(environment)?.underWay;
  if (underWay !== undefined && state.promotions.get(underWay)?.release === release) return "enters";
  if (stayNow(state, environment)?.release === release) return "runs";
  return wasVerifiedIn(state, environment, release) ? "was" : "never";
}
