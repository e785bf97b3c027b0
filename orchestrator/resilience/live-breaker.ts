import { BrokenCircuitError } from "cockatiel";
import type { Breaker, BreakerAction } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import { type Circuit, closedCircuit, type Happening, next, trialAt } from "./circuit.ts";
import type { Outcome } from "./counted.ts";
import { changeState, type StateStore } from "./state-store.ts";

/** Whether a call may be made: as usual, as the one trial, or not before some time has passed. */
export type Admission = { admitted: true; trial: boolean } | { admitted: false; retryAfterSeconds: number };

export interface BreakerContext {
  clock: Clock;
  record: RecordEvent;
  store: StateStore<Circuit>;
  /** What an error says of what the breaker protects; nothing: that it says nothing, as where the caller gave up. */
  outcomeOf?: (error: unknown) => Outcome | undefined;
}

/** A breaker of the catalog at work. Each of its transitions is recorded by the one replica that made it. */
export class LiveBreaker {
  readonly breaker: Breaker;
  readonly #context: BreakerContext;
  /** What was last seen: while the store does not answer, the breaker goes on from here by itself. */
  #seen: Circuit;
  /** One change at a time: a replica need not compete with itself. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(breaker: Breaker, context: BreakerContext) {
    this.breaker = breaker;
    this.#context = context;
    this.#seen = closedCircuit(context.clock.now());
  }

  /** Where it stands, the time that has passed included. */
  state(): Promise<Circuit> {
    return this.#happens([{ kind: "time" }]);
  }

  /**
   * What its being open asks for, as it was last seen; nothing while it is closed. When its wait is over starts are paused no more: one of them
   * is the trial, and without any it would stay open for ever.
   */
  get actions(): BreakerAction[] {
    if (!this.isOpen()) return [];
    const due = trialAt(this.breaker, this.#seen);
    const isDue = due !== undefined && this.#context.clock.now() >= due;
    return this.breaker.whileOpen.filter((action) => !isDue || action.do !== "pause-starts");
  }

  /** Whether it was not closed when it was last seen. */
  isOpen(): boolean {
    return this.#seen.state !== "closed";
  }

  /** Tells how something ended. `trial` is what the admission said. */
  async report(outcome: Outcome, trial = false): Promise<void> {
    await this.#happens([{ kind: "outcome", outcome, trial }]);
  }

  /** Tells how several things ended, in this order, in one go. */
  async reportAll(outcomes: readonly Outcome[]): Promise<void> {
    await this.#happens(outcomes.map((outcome) => ({ kind: "outcome", outcome, trial: false })));
  }

  /** Tells a measured level, a ratio. */
  async measure(level: number): Promise<void> {
    await this.#happens([{ kind: "level", level }]);
  }

  /** A person opens or closes it. */
  async set(to: "open" | "closed", by: string): Promise<void> {
    await this.#happens([{ kind: "set", to, by }]);
  }

  /** Asks whether a call may be made now; of all who ask, one is the trial. */
  async admit(): Promise<Admission> {
    const now = this.#context.clock.now();
    const { state } = await this.state();
    if (state === "closed") return { admitted: true, trial: false };
    const { circuit, isMine } = await this.#askForTrial();
    if (circuit.state === "closed") return { admitted: true, trial: false };
    if (isMine) return { admitted: true, trial: true };
    const due = trialAt(this.breaker, circuit) ?? this.#closesAt(circuit) ?? now;
    return { admitted: false, retryAfterSeconds: Math.max(0, (due - now) / 1000) };
  }

  /**
   * Makes a call if it may be made, and counts how it ends: where the context does not say otherwise, an error is a failure, one called
   * TimeoutError a time-out. Throws a BrokenCircuitError where it may not, which other policies know how to handle.
   */
  async execute<T>(call: () => Promise<T>): Promise<T> {
    const admission = await this.admit();
    if (!admission.admitted) {
      const wait = Math.ceil(admission.retryAfterSeconds);
      throw new BrokenCircuitError(`breaker "${this.breaker.name}" is open; try again in ${wait} s`);
    }
    try {
      const result = await call();
      await this.report("success", admission.trial);
      return result;
    } catch (error) {
      const outcome = (this.#context.outcomeOf ?? usualOutcome)(error);
      if (outcome) await this.report(outcome, admission.trial);
      throw error;
    }
  }

  #closesAt({ since, normalSince }: Circuit): number | undefined {
    const { recovers } = this.breaker;
    if (recovers.kind === "cool-down") return since + recovers.seconds * 1000;
    return recovers.kind === "normal-for" ? (normalSince ?? since) + recovers.seconds * 1000 : undefined;
  }

  async #askForTrial(): Promise<{ circuit: Circuit; isMine: boolean }> {
    let isMine = false;
    const circuit = await this.#happens([{ kind: "trial" }], (before, after) => {
      isMine = after !== before && after.state === "half-open";
    });
    return { circuit, isMine };
  }

  #happens(
    happenings: readonly Happening[],
    seen?: (before: Circuit, after: Circuit) => void,
  ): Promise<Circuit> {
    const changed = this.#turn.then(() => this.#changed(happenings, seen));
    this.#turn = changed.catch(() => {});
    return changed;
  }

  async #changed(
    happenings: readonly Happening[],
    seen?: (before: Circuit, after: Circuit) => void,
  ): Promise<Circuit> {
    const { clock, store } = this.#context;
    const change = (before: Circuit) =>
      happenings.reduce(
        (circuit, happening) => next(this.breaker, circuit, { happening, now: clock.now() }),
        before,
      );
    const initial = () => closedCircuit(clock.now());
    const changed = await changeState(store, this.breaker.name, { initial, change }).catch(() => ({
      before: this.#seen,
      after: change(this.#seen),
    }));
    this.#seen = changed.after;
    seen?.(changed.before, changed.after);
    this.#tell(changed);
    return changed.after;
  }

  #tell({ before, after }: { before: Circuit; after: Circuit }): void {
    if (before.state === after.state) return;
    const { state, because } = after;
    this.#context.record({ type: "breaker.changed", breaker: this.breaker.name, state, because });
  }
}

function usualOutcome(error: unknown): Outcome {
  return error instanceof Error && error.name === "TimeoutError" ? "timeout" : "failure";
}
