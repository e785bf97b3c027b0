import type { Mode } from "../../model/resilience.ts";

/** What is measured of a platform or a session, by signal: ratios, seconds or numbers. */
export type Signals = Readonly<Record<string, number>>;

/** Which mode of a ladder is on; plain data, so that replicas can share it and a new process goes on from it. */
export interface ModeState {
  mode: string;
  /** When it was entered, in milliseconds of the clock. */
  since: number;
  /** Since when no signal has asked for it; the wait begins anew at each step down. */
  calmSince: number | null;
  /** Rank of the mode that a person set last: signals lead no lower. */
  floor: number;
  /** `system`, or the person. */
  by: string;
  /** The signal that asked for it, or the person's reason. */
  because: string;
}

/** The usual mode of a ladder, of which modes come by rank. */
export function usualMode(modes: readonly Mode[], now: number): ModeState {
  return {
    mode: named(modes, 0).name,
    since: now,
    calmSince: null,
    floor: 0,
    by: "system",
    because: "start",
  };
}

/**
 * The mode after signals were measured: the same object where nothing changed. Up at once, as far as the signals ask; down one step at
 * a time, each after its calm, where the mode is not a person's to leave, and no lower than what a person set. Modes that only a person
 * enters are no steps on the way down. Pure.
 */
export function afterSignals(
  modes: readonly Mode[],
  state: ModeState,
  at: { signals: Signals; now: number },
): ModeState {
  const { signals, now } = at;
  const current = modeCalled(modes, state.mode);
  const wanted = askedFor(modes, signals);
  if (wanted && wanted.mode.rank > current.rank)
    return {
      ...state,
      mode: wanted.mode.name,
      since: now,
      calmSince: null,
      by: "system",
      because: wanted.signal,
    };
  if (current.rank <= state.floor || current.calmSeconds === undefined) return state;
  if (wanted && wanted.mode.rank === current.rank)
    return state.calmSince === null ? state : { ...state, calmSince: null };
  const calmSince = state.calmSince ?? now;
  if (now < calmSince + current.calmSeconds * 1000)
    return calmSince === state.calmSince ? state : { ...state, calmSince };
  const below = nextBelow(modes, { current, floor: state.floor });
  return { ...state, mode: below.name, since: now, calmSince: now, by: "system", because: "calm" };
}

/** What a person asks for. */
export interface ModeRequest {
  to: string;
  by: string;
  because: string;
}

/**
 * The mode after a person set it. Throws a ModeRefused where a signal still asks for a higher one: a tired session does not become
 * fresh by being told to. Pure.
 */
export function afterRequest(
  modes: readonly Mode[],
  state: ModeState,
  { to, by, because, signals, now }: ModeRequest & { signals: Signals; now: number },
): ModeState {
  const wanted = modes.find(({ name }) => name === to);
  if (!wanted)
    throw new ModeRefused(`there is no mode "${to}"; there are ${modes.map(({ name }) => name).join(", ")}`);
  const asked = askedFor(modes, signals);
  if (asked && asked.mode.rank > wanted.rank)
    throw new ModeRefused(
      `${asked.signal} asks for "${asked.mode.name}"; "${to}" is possible once it does not`,
    );
  if (wanted.name === state.mode && wanted.rank === state.floor) return state;
  return { mode: to, since: now, calmSince: null, floor: wanted.rank, by, because };
}

/** A request for a mode that cannot be entered. */
export class ModeRefused extends Error {
  override name = "ModeRefused";
}

/** A mode by its name; the usual one for a name of an older catalog. */
export function modeCalled(modes: readonly Mode[], name: string): Mode {
  return modes.find((mode) => mode.name === name) ?? named(modes, 0);
}

function askedFor(modes: readonly Mode[], signals: Signals): { mode: Mode; signal: string } | undefined {
  const asking = modes.flatMap((mode) => {
    const trigger = mode.entered.find(({ signal, is, value }) => {
      const measured = signals[signal];
      return measured !== undefined && (is === ">" ? measured > value : measured >= value);
    });
    return trigger ? [{ mode, signal: trigger.signal }] : [];
  });
  return asking.sort((a, b) => b.mode.rank - a.mode.rank)[0];
}

function nextBelow(modes: readonly Mode[], { current, floor }: { current: Mode; floor: number }): Mode {
  const steps = modes.filter(({ rank, entered }) => rank === floor || (rank > floor && entered.length > 0));
  const below = steps.filter(({ rank }) => rank < current.rank).sort((a, b) => b.rank - a.rank);
  return below[0] ?? named(modes, floor);
}

function named(modes: readonly Mode[], rank: number): Mode {
  const mode = modes.find((one) => one.rank === rank);
  if (!mode) throw new Error(`there is no mode of rank ${rank}`);
  return mode;
}
