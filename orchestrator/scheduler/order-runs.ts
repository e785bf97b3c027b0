import type { Priority } from "../domain/workflow.ts";
import { type Ageing, placeInOrder, usualAgeing } from "./ageing.ts";

/** A run that waits. */
export interface QueuedRun {
  id: string;
  priority: Priority;
  /** Milliseconds since 1970. */
  acceptedAt: number;
  /** Runs that must have succeeded before it starts. */
  after: readonly string[];
}

export interface OrderOptions {
  /** Runs that have begun and not ended. */
  running: number;
  /** How many may at once; 10 for WeatherVane (WV-13). */
  limit: number;
  /** Of the runs that any `after` names, those that have succeeded. */
  succeeded?: ReadonlySet<string>;
  ageing?: Ageing;
}

/**
 * Ids of the runs to start now, first things first: as many as there are free places, of those whose dependencies have succeeded.
 *
 * The order is by the moment of acceptance plus what the priority stands back (`Ageing`), then by id. So urgent goes before normal before
 * low, and nothing starves: from the moment a + s on (accepted at a, standing back s), every run that is still to come stands behind this one.
 * With at most q runs in the queue, none running longer than d, and n places, a run that depends on nothing starts before
 * a + s + (q - 1 + n) / n * d. A run that others wait for takes the earliest place of theirs, if that is earlier than its own.
 */
export function orderRuns(queued: readonly QueuedRun[], options: OrderOptions): string[] {
  const { running, limit, succeeded = new Set<string>(), ageing = usualAgeing } = options;
  const places = inheritedPlaces(queued, ageing);
  const placeOf = ({ id }: QueuedRun) => places.get(id) ?? 0;
  return queued
    .filter(({ after }) => after.every((id) => succeeded.has(id)))
    .sort((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1))
    .slice(0, Math.max(0, limit - running))
    .map(({ id }) => id);
}

/** From the earliest place on, so that what is handed on first is final, and each run is visited once. */
function inheritedPlaces(queued: readonly QueuedRun[], ageing: Ageing): Map<string, number> {
  const places = new Map(queued.map((run) => [run.id, placeInOrder(run, ageing)]));
  const dependents = new Map(queued.filter(({ after }) => after.length > 0).map((run) => [run.id, run]));
  const place = (id: string) => places.get(id) ?? Number.NEGATIVE_INFINITY;
  for (const first of [...dependents.values()].sort((a, b) => place(a.id) - place(b.id))) {
    const inherited = place(first.id);
    const open = [first];
    for (let run = open.pop(); run; run = open.pop()) {
      for (const id of run.after.filter((other) => place(other) > inherited)) {
        places.set(id, inherited);
        const next = dependents.get(id);
        if (next) open.push(next);
      }
    }
  }
  return places;
}
