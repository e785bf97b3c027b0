import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import type { RecordEvent } from "../domain/event.ts";
import type { Step } from "../domain/workflow.ts";
import type { Store } from "../store/database.ts";
import type { Journal } from "../store/journal.ts";
import type { Controls } from "./controls.ts";

/** An agent that was given a step; it is free again after `release`. */
export interface Place {
  agent: string;
  release(): void;
}

/** Gives steps to agents (NX-5). Waits until one that fits is free; stops waiting when the signal does. */
export type PlaceStep = (step: Step, assignment: { key: string; signal: AbortSignal }) => Promise<Place>;

/** What executing runs takes. */
export interface Parts {
  store: Store;
  journal: Journal;
  controls: Controls;
  record: RecordEvent;
  worker: Worker;
  place: PlaceStep;
  clock: Clock;
  /** Whether each step of a run is reviewed by a person now, whatever its own risk is (AH-4). */
  reviews: (run: { project: string; labels: Record<string, string> }) => boolean;
  /** Milliseconds before a step's next attempt, after so many failed. */
  retryDelayMs: (failed: number) => number;
  /** A place became free. */
  onFree: () => void;
  onError: (error: Error) => void;
}

/** Every step is done at once, by an agent of its type's name: where no agents register. */
export const anyAgent: PlaceStep = async (step) => ({ agent: step.agent, release: () => undefined });
