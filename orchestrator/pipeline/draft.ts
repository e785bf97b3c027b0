import type { DomainEvent } from "../domain/event.ts";
import type { Command, PipelineState, Turn } from "./state.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Without what its bookkeeping adds. */
type Order<C = Command> = C extends Command ? Omit<C, "key" | "attempt"> : never;

/** A turn while it is being made: a copy of the state, changed in place, and what has come of it so far. */
export interface Draft {
  state: Mutable<PipelineState>;
  events: DomainEvent[];
  commands: Command[];
  /** Milliseconds since 1970, from the answer. */
  at: number;
}

/** A draft that starts from a state, which it does not change. */
export function draftOf(state: PipelineState, at: number): Draft {
  return { state: { ...state }, events: [], commands: [], at };
}

/** Adds a command under a key that no other command of the run has. */
export function command(draft: Draft, order: Order): void {
  const attempt = (draft.state.commanded[order.stepId] ?? 0) + 1;
  const added = { ...order, attempt, key: `${order.stepId}/${attempt}` } as Command;
  draft.state.commanded = { ...draft.state.commanded, [order.stepId]: attempt };
  draft.state.outstanding = [...draft.state.outstanding, added];
  draft.commands.push(added);
}

/** The turn that the draft has become. */
export function finished({ state, events, commands }: Draft): Turn {
  return { state, events, commands };
}
