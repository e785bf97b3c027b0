import type { Mode } from "../../model/resilience.ts";
import type { Clock } from "../clock.ts";
import type { RecordEvent } from "../domain/event.ts";
import {
  afterRequest,
  afterSignals,
  type ModeRequest,
  type ModeState,
  modeCalled,
  type Signals,
  usualMode,
} from "./mode-state.ts";
import { changeState, type StateStore } from "./state-store.ts";

/** The ladder of which steps are levels of emergency intervention (AH-6): its transitions have an event of their own. */
const EMERGENCY = "emergency";

export interface LadderContext {
  clock: Clock;
  record: RecordEvent;
  store: StateStore<ModeState>;
  /** What the ladder is of, where it is not the whole platform: the id of a session. */
  subject?: string;
}

/** The modes of one ladder at work. Each transition is recorded by the one replica that made it. */
export class ModeLadder {
  readonly ladder: string;
  readonly #modes: readonly Mode[];
  readonly #context: LadderContext;
  #signals: Signals = {};
  /** What was last seen: while the store does not answer, the ladder stays there. */
  #seen: ModeState;

  /** Modes of one ladder, at least that of rank 0. */
  constructor(modes: readonly Mode[], context: LadderContext) {
    this.#modes = modes.toSorted((a, b) => a.rank - b.rank);
    this.ladder = this.#modes[0]?.ladder ?? "";
    this.#context = context;
    this.#seen = usualMode(this.#modes, context.clock.now());
  }

  /** Its modes by name, from the usual one to the one that restricts most. */
  get names(): string[] {
    return this.#modes.map(({ name }) => name);
  }

  /** The mode that is on, as it was last seen. */
  get mode(): Mode {
    return modeCalled(this.#modes, this.#seen.mode);
  }

  /** The mode that is on, and since when, as all replicas share it. */
  async current(): Promise<{ mode: Mode; state: ModeState }> {
    const stored = await this.#context.store.read(this.#key).catch(() => undefined);
    this.#seen = stored?.state ?? this.#seen;
    return { mode: this.mode, state: this.#seen };
  }

  /** Tells what is measured now; the mode follows. Must be called at least as often as modes are to be left. */
  async measure(signals: Signals): Promise<Mode> {
    this.#signals = signals;
    const { now } = this.#context.clock;
    return this.#change((state) => afterSignals(this.#modes, state, { signals, now: now() })).catch(
      () => this.mode,
    );
  }

  /** A person sets the mode. Rejects with a ModeRefused where a signal asks for a higher one, and where the store does not answer. */
  set(request: ModeRequest): Promise<Mode> {
    const { now } = this.#context.clock;
    return this.#change((state) =>
      afterRequest(this.#modes, state, { ...request, signals: this.#signals, now: now() }),
    );
  }

  get #key(): string {
    const { subject } = this.#context;
    return subject === undefined ? this.ladder : `${this.ladder}/${subject}`;
  }

  async #change(change: (state: ModeState) => ModeState): Promise<Mode> {
    const initial = () => usualMode(this.#modes, this.#context.clock.now());
    const { before, after } = await changeState(this.#context.store, this.#key, { initial, change });
    this.#seen = after;
    const [from, to] = [modeCalled(this.#modes, before.mode), modeCalled(this.#modes, after.mode)];
    if (from !== to) this.#tell(from, to, after);
    return to;
  }

  #tell(from: Mode, to: Mode, { by, because }: ModeState): void {
    const { record, subject } = this.#context;
    if (this.ladder === EMERGENCY)
      record({ type: "emergency.changed", from: from.rank, to: to.rank, by, because });
    else {
      const of = subject === undefined ? {} : { subject };
      record({ type: "mode.changed", ladder: this.ladder, from: from.name, to: to.name, by, because, ...of });
    }
    if (to.works.requestsPerson && !from.works.requestsPerson) record({ type: "person.requested", because });
  }
}
