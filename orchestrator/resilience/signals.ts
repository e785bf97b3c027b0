import type { Platform } from "../../model/model.ts";
import type { Database } from "../store/database.ts";
import { failedShare } from "../store/ended-runs.ts";
import { tokensOfHour } from "../store/token-usage.ts";
import type { Signals } from "./mode-state.ts";
import { limitOf } from "./platform-limits.ts";
import type { Resilience } from "./resilience.ts";
import type { Told } from "./told-signals.ts";

/** What the whole platform's signals are measured of. */
export interface SignalSources {
  platform: Pick<Platform, "modes" | "limits" | "breakers">;
  resilience: Pick<Resilience, "openBreakers">;
  db: Database;
  /** Of the sessions that this process runs: the largest share of a limit, and how tired the most tired one is. */
  sessions: () => { resources: number; fatigue: number };
  /** Share of the model providers that do not answer, as those who call them know it; without it, as their breakers do. */
  providersDown?: (() => number) | undefined;
  told: () => Promise<Told>;
  now: () => number;
}

/** Runs of the last quarter of an hour count as lately, and of fewer than four the failure of some says little: our reading (AH-6). */
const LATELY_MS = 900_000;
const FEWEST_RUNS = 4;

type Measure = (sources: SignalSources) => number | undefined | Promise<number | undefined>;

/**
 * How each signal is measured that the service itself can know; of the others people and other systems tell. Nothing: it cannot be
 * measured now.
 */
const measures: Readonly<Record<string, Measure>> = {
  resources: ({ sessions }) => sessions().resources,
  fatigue: ({ sessions }) => sessions().fatigue,
  failures: async ({ db, now }) => {
    const { ratio, of } = await failedShare(db, now() - LATELY_MS);
    return of < FEWEST_RUNS ? 0 : ratio;
  },
  budget: async ({ platform, db, now }) => {
    const limit = limitOf(platform, "hourly-tokens");
    return limit && (await tokensOfHour(db, now())) / limit.atMost;
  },
  "model-providers-down": ({ platform, resilience, providersDown: known }) =>
    known ? known() : providersDown(platform, resilience.openBreakers()),
};

/** Names of the signals that the platform's ladders ask for, but for those of sessions, which each session knows for itself. */
export function signalsAskedFor({ modes }: Pick<Platform, "modes">): string[] {
  const asked = modes.filter(({ ladder }) => ladder !== "session").flatMap(({ entered }) => entered);
  return [...new Set(asked.map(({ signal }) => signal))].sort();
}

/** All signals that the platform's ladders ask for and somebody knows: of what is measured and what was told, the worse. */
export async function measureSignals(sources: SignalSources): Promise<Signals> {
  const told = await sources.told();
  const known = await Promise.all(
    signalsAskedFor(sources.platform).map(async (signal) => {
      const measured = await measures[signal]?.(sources);
      const values = [measured, told[signal]?.value].filter((value) => value !== undefined);
      return values.length > 0 ? [[signal, Math.max(...values)] as const] : [];
    }),
  );
  return Object.fromEntries(known.flat());
}

/** Share of the model providers whose breaker is open. A back-up without a breaker of its own counts as one that answers. */
function providersDown(
  { breakers }: Pick<Platform, "breakers">,
  open: readonly string[],
): number | undefined {
  const own = breakers.filter(({ name }) => name.startsWith("model-"));
  const backUps = own.flatMap(({ whileOpen }) =>
    whileOpen.flatMap((action) => (action.do === "use-back-up" ? action.backUp : [])),
  );
  const others = [...new Set(backUps)].filter((name) => !own.some((one) => one.name === `model-${name}`));
  const all = own.length + others.length;
  return all === 0 ? undefined : own.filter(({ name }) => open.includes(name)).length / all;
}
