import type { Breaker } from "../../model/resilience.ts";
import {
  type Counted,
  countLevel,
  countOutcome,
  forget,
  nothingCounted,
  type Outcome,
  tooMuch,
} from "./counted.ts";

/** Where a breaker stands; plain data, so that replicas can share it and a new process goes on from it. */
export interface Circuit {
  state: "closed" | "open" | "half-open";
  counted: Counted;
  /** When it came into its state, in milliseconds of the clock. */
  since: number;
  /** How often it opened since it was last closed: which wait is the next one. */
  openings: number;
  /** Since when what it counts is within its bounds again, while it is open. */
  normalSince: number | null;
  /** Why it came into its state, in words. */
  because: string;
}

/** What can happen to a breaker. */
export type Happening =
  /** Something ended; `trial` says that it was the one that was let through half-open. */
  | { kind: "outcome"; outcome: Outcome; trial?: boolean }
  /** Something was measured, as a ratio. */
  | { kind: "level"; level: number }
  /** Nothing but time has passed. */
  | { kind: "time" }
  /** Somebody asks to be the trial; it is granted where the state becomes half-open by it. */
  | { kind: "trial" }
  /** A person sets it. */
  | { kind: "set"; to: "open" | "closed"; by: string };

/** A breaker before anything has happened. */
export function closedCircuit(now: number): Circuit {
  return {
    state: "closed",
    counted: nothingCounted,
    since: now,
    openings: 0,
    normalSince: null,
    because: "",
  };
}

/** Where a breaker stands after something happened: the same object where nothing changed. Pure; `now` in milliseconds. */
export function next(breaker: Breaker, circuit: Circuit, at: { happening: Happening; now: number }): Circuit {
  const { happening, now } = at;
  if (happening.kind === "set") return setBy(happening, circuit, now);
  if (circuit.state === "half-open") return afterTrial(breaker, circuit, at);
  const counted = countedWith(breaker, circuit.counted, at);
  const why = tooMuch(breaker.opens, counted);
  if (circuit.state === "closed") {
    if (why !== undefined) return opened({ ...circuit, counted }, now, why);
    return counted === circuit.counted ? circuit : { ...circuit, counted };
  }
  return whileOpen(breaker, circuit, { ...at, counted, isNormal: why === undefined });
}

/** When the first trial after the last opening may be made, in milliseconds of the clock; nothing where there are no trials. */
export function trialAt({ recovers }: Breaker, { since, openings }: Circuit): number | undefined {
  if (recovers.kind !== "trial") return undefined;
  const wait = recovers.afterSeconds[Math.min(Math.max(openings, 1), recovers.afterSeconds.length) - 1] ?? 0;
  return since + wait * 1000;
}

function countedWith(
  { opens }: Breaker,
  counted: Counted,
  { happening, now }: { happening: Happening; now: number },
) {
  const kept = forget(opens, counted, now);
  if (happening.kind === "outcome") return countOutcome(opens, kept, { outcome: happening.outcome, now });
  return happening.kind === "level" ? countLevel(opens, kept, happening.level) : kept;
}

function whileOpen(
  breaker: Breaker,
  circuit: Circuit,
  {
    happening,
    now,
    counted,
    isNormal,
  }: { happening: Happening; now: number; counted: Counted; isNormal: boolean },
): Circuit {
  const { recovers } = breaker;
  switch (recovers.kind) {
    case "trial":
      // What ends now began before it opened, and says nothing about now.
      if (happening.kind !== "trial" || now < (trialAt(breaker, circuit) ?? 0)) return circuit;
      return { ...circuit, state: "half-open", since: now, because: "its wait is over" };
    case "cool-down":
      // What ends after the cool-down is counted anew already.
      return now >= circuit.since + recovers.seconds * 1000
        ? next(breaker, closed(now, "its cool-down is over"), { happening, now })
        : circuit;
    case "normal-for": {
      const normalSince = isNormal ? (circuit.normalSince ?? now) : null;
      if (normalSince !== null && now >= normalSince + recovers.seconds * 1000)
        return { ...closed(now, "it has been normal for long enough"), counted };
      const isSame = counted === circuit.counted && normalSince === circuit.normalSince;
      return isSame ? circuit : { ...circuit, counted, normalSince };
    }
    case "level":
      if (counted.level !== null && counted.level < recovers.below)
        return { ...closed(now, "the level is low again"), counted };
      return counted.level === circuit.counted.level ? circuit : { ...circuit, counted };
  }
}

function afterTrial(
  breaker: Breaker,
  circuit: Circuit,
  { happening, now }: { happening: Happening; now: number },
): Circuit {
  if (happening.kind === "trial") {
    // Whoever made the trial is lost: after as long as the wait was, another one may.
    return now >= (trialAt(breaker, circuit) ?? 0) ? { ...circuit, since: now } : circuit;
  }
  if (happening.kind !== "outcome" || !happening.trial) return circuit;
  return happening.outcome === "success"
    ? closed(now, "the trial succeeded")
    : opened(circuit, now, "the trial failed");
}

function setBy({ to, by }: { to: "open" | "closed"; by: string }, circuit: Circuit, now: number): Circuit {
  if (circuit.state === to) return circuit;
  return to === "closed" ? closed(now, `set by ${by}`) : opened(circuit, now, `set by ${by}`);
}

function opened(circuit: Circuit, now: number, because: string): Circuit {
  return {
    ...circuit,
    state: "open",
    since: now,
    openings: circuit.openings + 1,
    normalSince: null,
    because,
  };
}

function closed(now: number, because: string): Circuit {
  return { ...closedCircuit(now), because };
}
