import type { Clock } from "../clock.ts";
import type { Worker } from "../domain/agent.ts";
import type { DomainEvent, RecordEvent } from "../domain/event.ts";
import type { PipelineMode } from "../pipeline/stages.ts";
import type { AttemptLimits } from "../pipeline/state.ts";
import type { Place as PlaceOfPool, Wanted } from "../scheduler/agent-pool.ts";
import type { Store } from "../store/database.ts";
import type { Journal } from "../store/journal.ts";
import type { Controls } from "./controls.ts";
import type { Resources } from "./resources.ts";

/** An agent that was given a step; it is free again after `release`. */
export interface Place extends PlaceOfPool {
  /** Aborts when the agent is lost: what it still does for the step counts no more. */
  lost: AbortSignal;
}

/** Gives steps to agents (NX-5). Waits until one that fits is free; stops waiting when the signal does. */
export type PlaceStep = (step: Wanted, signal: AbortSignal) => Promise<Place>;

/** What runs of the pipeline ask of whoever knows the platform's modes and breakers. */
export interface PipelineRules {
  /** Which stages a run that starts now goes through (WV-12). */
  mode(): PipelineMode;
  /** Mean rubric score that gates ask for now (WV-11). */
  threshold(): number;
  /** How often a run that starts now tries to mend what failed (WV-15). */
  attempts(): AttemptLimits;
}

/** What executing runs takes. */
export interface Parts {
  store: Store;
  journal: Journal;
  controls: Controls;
  resources: Resources;
  record: RecordEvent;
  /** Makes metrics and log lines of what the journal has written. */
  observe: (event: DomainEvent) => void;
  worker: Worker;
  place: PlaceStep;
  pipeline: PipelineRules;
  /** Seconds after which what nobody decided is not done; absent: a request waits as long as its run does. */
  approvalSeconds?: number | undefined;
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
export const anyAgent: PlaceStep = async ({ agentType, apart }) => {
  const agent = apart ? `${agentType}-${apart.size + 1}` : agentType;
  apart?.add(agent);
  return { agent, lost: new AbortController().signal, release: () => undefined };
};
