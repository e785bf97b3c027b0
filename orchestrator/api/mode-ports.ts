import type { ModeLadder } from "../resilience/mode-ladder.ts";
import type { Signals } from "../resilience/mode-state.ts";
import type { Resilience } from "../resilience/resilience.ts";
import { type SignalSources, signalsAskedFor } from "../resilience/signals.ts";
import type { StateStore } from "../resilience/state-store.ts";
import { type Told, tellSignal } from "../resilience/told-signals.ts";
import { keyOf } from "../sessions/session-records.ts";
import type { ModeSignals, Modes } from "./ports.ts";

/** Ladders of the platform as the API shows them, and the mode of the main one. */
export function modePorts(
  resilience: Resilience,
  { isRunning }: { isRunning: (session: string) => boolean },
): Modes {
  const ladders = [...resilience.ladders.values()];
  const first = resilience.mainLadder;
  return {
    async read() {
      const shown = await Promise.all(ladders.map(shownLadder));
      const { mode = "normal", since = new Date(0).toISOString() } =
        shown.find(({ ladder }) => ladder === first?.ladder) ?? {};
      return {
        mode,
        modes: first?.names ?? ["normal"],
        emergencyLevel: resilience.ladders.get("emergency")?.mode.rank ?? 0,
        since,
        ladders: shown,
      };
    },
    async change({ mode, because, by, session }) {
      const key = session && keyOf(session);
      if (key !== undefined && !isRunning(key)) return false;
      const ladder =
        key === undefined ? ladders.find((one) => one.names.includes(mode)) : resilience.session(key);
      await ladder?.set({ to: mode, because, by });
      return ladder !== undefined;
    },
  };
}

async function shownLadder(ladder: ModeLadder) {
  const { mode, state } = await ladder.current();
  const since = new Date(state.since).toISOString();
  return {
    ladder: ladder.ladder,
    mode: mode.name,
    modes: ladder.names,
    since,
    by: state.by,
    because: state.because,
  };
}

/** Signals as the API shows them. */
export function signalPorts(
  sources: Pick<SignalSources, "platform" | "told" | "now">,
  { measured, told }: { measured: () => Promise<Signals>; told: StateStore<Told> },
): ModeSignals {
  return {
    async list() {
      const [values, known] = await Promise.all([measured(), sources.told()]);
      return signalsAskedFor(sources.platform).map((signal) => {
        const one = known[signal];
        const since = one && { ...one, at: new Date(one.at).toISOString() };
        return { signal, value: values[signal], told: since };
      });
    },
    tell: (signal) => tellSignal(told, { ...signal, at: sources.now() }),
  };
}
