import type { Platform } from "../../model/model.ts";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { Circuit } from "./circuit.ts";
import type { Outcome } from "./counted.ts";
import { executorBreaker } from "./guarded-worker.ts";
import { LiveBreaker } from "./live-breaker.ts";
import { ModeLadder } from "./mode-ladder.ts";
import type { ModeState, Signals } from "./mode-state.ts";
import { type Restrictions, restrictionsOf } from "./restrictions.ts";
import { ownStates, type StateStore } from "./state-store.ts";

/** The ladder that each session has for itself (AH-4); all others are the whole platform's. */
const SESSION = "session";
const TICK_MILLISECONDS = 1000;

export interface ResilienceContext {
  platform: Pick<Platform, "breakers" | "modes">;
  clock: Clock;
  record: RecordEvent;
  /** Where replicas share their states. */
  stores: { breakers: StateStore<Circuit>; modes: StateStore<ModeState> };
  /** What an error of a call says of what a breaker protects, by breaker; every error is a failure where nothing is said. */
  outcomeOf?: Readonly<Record<string, (error: unknown) => Outcome | undefined>>;
}

/** What keeps the platform going while something is wrong: its breakers and modes, by name, and what they allow together. */
export class Resilience {
  readonly breakers: ReadonlyMap<string, LiveBreaker>;
  /** Ladders of the whole platform. */
  readonly ladders: ReadonlyMap<string, ModeLadder>;
  readonly #context: ResilienceContext;
  readonly #sessions = new Map<string, ModeLadder>();

  constructor(context: ResilienceContext) {
    const { platform, clock, record, stores } = context;
    this.#context = context;
    const own = ownStates<Circuit>();
    this.breakers = new Map(
      platform.breakers.map((breaker) => {
        const store = breaker.shared ? stores.breakers : own;
        const outcomeOf = context.outcomeOf?.[breaker.name];
        const live = new LiveBreaker(breaker, { clock, record, store, ...(outcomeOf && { outcomeOf }) });
        return [breaker.name, live];
      }),
    );
    const names = new Set(platform.modes.map(({ ladder }) => ladder).filter((ladder) => ladder !== SESSION));
    this.ladders = new Map([...names].map((ladder) => [ladder, this.#ladder(ladder)]));
  }

  /** The ladder that people mean by "the mode": the degradation modes, or else the platform's first. */
  get mainLadder(): ModeLadder | undefined {
    return this.ladders.get("degradation") ?? [...this.ladders.values()][0];
  }

  /** The modes of one session; nothing where the platform has none for sessions. */
  session(id: string): ModeLadder | undefined {
    if (!this.#context.platform.modes.some(({ ladder }) => ladder === SESSION)) return undefined;
    const known = this.#sessions.get(id) ?? this.#ladder(SESSION, id);
    this.#sessions.set(id, known);
    return known;
  }

  /** A session has ended. */
  forgetSession(id: string): void {
    this.#sessions.delete(id);
  }

  /** What may be done now, as it was last seen: a second ago at most, while it is watched. Of a session, also by its own mode. */
  restrictions(session?: string): Restrictions {
    const own = session === undefined ? undefined : this.session(session);
    const modes = [...this.ladders.values(), ...(own ? [own] : [])].map(({ mode }) => mode);
    // The worker itself postpones what the executor's breaker keeps back: were all runs held, none could be its trial.
    const all = [...this.breakers].filter(([name]) => name !== executorBreaker);
    const breakers = all.map(([name, { actions }]) => ({ name, actions }));
    return restrictionsOf(modes, breakers);
  }

  /** Names of the breakers that were not closed when they were last seen. */
  openBreakers(): string[] {
    return [...this.breakers].filter(([, breaker]) => breaker.isOpen()).map(([name]) => name);
  }

  /** Sees what other replicas have done, and that time has passed. Never rejects for the stores' sake. */
  async refresh(): Promise<void> {
    const ladders = [...this.ladders.values(), ...this.#sessions.values()];
    await Promise.all([
      ...[...this.breakers.values()].map((breaker) => breaker.state()),
      ...ladders.map((ladder) => ladder.current()),
    ]);
  }

  /** Tells what is measured of the whole platform now; its modes follow. */
  async measure(signals: Signals): Promise<void> {
    await Promise.all([...this.ladders.values()].map((ladder) => ladder.measure(signals)));
  }

  /** Refreshes once a second of the clock, until the signal comes: breakers close by themselves within that time. Then `round` is called. */
  async watch(signal: AbortSignal, round: () => Promise<void> = async () => undefined): Promise<void> {
    while (!signal.aborted) {
      await this.refresh();
      await round();
      await this.#context.clock.sleep(TICK_MILLISECONDS, signal).catch(() => {});
    }
  }

  #ladder(ladder: string, subject?: string): ModeLadder {
    const { platform, clock, record, stores } = this.#context;
    const modes = platform.modes.filter((mode) => mode.ladder === ladder);
    const of = subject === undefined ? {} : { subject };
    return new ModeLadder(modes, { clock, record, store: stores.modes, ...of });
  }
}
