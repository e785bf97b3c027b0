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
  };
}
