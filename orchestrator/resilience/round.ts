import { type Obeying, obedience } from "./obey.ts";
import type { Resilience } from "./resilience.ts";
import type { Restrictions } from "./restrictions.ts";
import { measureSignals, type SignalSources } from "./signals.ts";

export interface RoundContext {
  resilience: Resilience;
  signals: SignalSources;
  runs: Obeying;
  /** Has the sessions' agents obey. */
  sessions: (restrictions: Restrictions) => void;
  onError: (error: Error) => void;
}

/** Breakers of the database that everything here stands on, as platforms name it. */
export const databaseBreakers = ["database", "database-pool"];

/**
 * What is done once a second: the signals are measured and the modes follow, then what runs obeys. A part that fails is done again with
 * the next round and keeps no other from its work.
 */
export function roundOf({ resilience, signals, runs, sessions, onError }: RoundContext): () => Promise<void> {
  const obey = obedience(runs);
  return async () => {
    await measureSignals(signals)
      .then((measured) => resilience.measure(measured))
      .catch(onError);
    const restrictions = resilience.restrictions();
    sessions(restrictions);
    await obey(restrictions).catch(onError);
    await Promise.all(databaseBreakers.map((name) => askDatabase(name, { resilience, signals })));
  };
}

/** One small statement a second tells the breaker whether the database answers, also whether it does again. */
async function askDatabase(
  name: string,
  { resilience, signals: { db } }: Pick<RoundContext, "resilience" | "signals">,
): Promise<void> {
  await resilience.breakers
    .get(name)
    ?.execute(async () => void (await db.query("SELECT 1")))
    .catch(() => undefined);
}
