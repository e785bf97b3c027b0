import type { LedgerRecord } from "../ledger/record.ts";
import { mayEnter } from "./may-enter.ts";
import { type EntryFacts, openOf, type Pending } from "./requirement.ts";
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
    pending?: Pending;
    open: string[];
    earliest?: string;
  };
}

/** Who looks, when, and how the facts are had by which a release is judged that comes next. */
export interface Looking {
  at: Date;
  by: string | undefined;
  factsFor: (of: { environment: string; release: string }) => Promise<EntryFacts>;
}

/** Where each release stands, and what the next one waits for in each environment. */
export async function overviewOf(
  { platform, promotion, freezeAt }: Pick<EntryFacts, "platform" | "promotion" | "freezeAt">,
  { records, ...looking }: Looking & { records: readonly LedgerRecord[] },
): Promise<Overview> {
  const { at } = looking;
  const state = stateOf(records);
  const environments: EnvironmentRow[] = [];
  for (const stop of promotion.stops) {
    const freeze = freezeAt(stop.freezes, at);
    const next = nextFor(stop, state);
    environments.push({
      ...standsNow(state, { environment: stop.environment, at }),
      ...(freeze && { frozen: { name: freeze.freeze.name, until: freeze.until.toISOString() } }),
      ...(next && { next: await judged(next, { ...looking, environment: stop.environment }) }),
    });
  }
  const releases = [...state.releases].reverse().map(
    ([
      release,
      {
        release: { hotfix },
        at: madeAt,
        by,
      },
    ]) => ({
      ...{ release, madeAt, by, ...(hotfix !== undefined && { hotfix }) },
      standing: promotion.stops.map(({ environment }) => standingOf(state, { environment, release })),
    }),
  );
  return { platform, at: at.toISOString(), environments, releases };
}

function standsNow(
  state: DeliveryState,
  { environment, at }: { environment: string; at: Date },
): EnvironmentRow {
  const there = state.environments.get(environment) ?? { stays: [] };
  const runs = stayNow(state, environment);
  return {
    environment,
    ...(runs && {
      runs: {
        ...{ release: runs.release, since: runs.from },
        seconds: secondsHere(state, { environment, release: runs.release, at }),
      },
    }),
    ...(there.held && { held: there.held }),
    ...underWayOf(state, there),
  };
}

async function judged(
  release: string,
  { at, by, factsFor, environment }: Looking & { environment: string },
): Promise<NonNullable<EnvironmentRow["next"]>> {
  const facts = await factsFor({ environment, release });
  const { may, pending, asked, earliest } = mayEnter({ release, environment, by, at }, facts);
  const open = openOf(asked).map(({ id }) => id);
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
