import type { Clock } from "../clock.ts";
import { Postponed } from "../domain/agent.ts";
import type { RecordEvent } from "../domain/event.ts";
import { outage } from "../resilience/outage.ts";
import { type RecoveryLimits, recordRemedy, remedyFor } from "../resilience/recovery.ts";
import { failOver, NoProvider, type ProviderLine } from "./fail-over.ts";
import type { ModelAnswer, ModelCaller, ModelRequest } from "./model.ts";

/** All providers together, as agents see them. */
export interface ModelProviders {
  /** Asks one after the other; while none can answer, the caller is told to wait until one does (WV-15: fail over, then pause). */
  call(request: ModelRequest, caller: ModelCaller): Promise<ModelAnswer>;
  /** Share of the providers that cannot be asked now: the signal `model-providers-down`. */
  down(): number;
  stop(): Promise<void>;
}

/** The shortest question that an answer proves something with: it is asked while no provider answers. */
const probe: ModelRequest = {
  system: "Answer with one word.",
  prompt: "Are you there?",
  maxOutputTokens: 16,
};

interface ProvidersOptions {
  record: RecordEvent;
  clock: Clock;
  limits: RecoveryLimits;
  /** Whether their keys must not be used now (AH-6). */
  locked: () => boolean;
}

/** Puts fail-over and waiting together. */
export function modelProviders(lines: readonly ProviderLine[], options: ProvidersOptions): ModelProviders {
  const { record, clock, limits, locked } = options;
  const unlocked = failOver(lines, options);
  const ask: typeof unlocked = async (request, caller) => {
    if (locked())
      throw new Postponed("the keys of the model providers are locked", (signal) =>
        clock.sleep(1_000, signal),
      );
    return unlocked(request, caller);
  };
  const away = outage({ clock, probe: (signal) => ask(probe, { signal }) });
  return {
    async call(request, caller) {
      if (away.isOn()) throw away.postponed("no model provider can answer");
      try {
        const answer = await ask(request, caller);
        away.served();
        return answer;
      } catch (error) {
        if (!(error instanceof NoProvider)) throw error;
        if (away.begin())
          recordRemedy(record, remedyFor({ kind: "model-api", hasBackUp: false }, limits), caller.runId);
        throw away.postponed(error.message);
      }
    },
    down() {
      const open = lines.filter(({ breaker }) => breaker.isOpen()).length;
      return away.isOn() ? 1 : open / lines.length;
    },
    stop: away.stop,
  };
}
