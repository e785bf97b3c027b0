import type { LimitSpec } from "../catalog/limit.ts";
import type { ModeSpec } from "../catalog/mode.ts";
import type { Entry, Selection } from "./model.ts";

/** What opens a breaker: ratios and seconds. A share or a level opens it when it is above, a number of failures when it is reached. */
export type Opening =
  | { kind: "consecutive-failures"; failures: number }
  | { kind: "failure-rate"; above: number; windowSeconds: number; minimumCalls: number }
  | { kind: "share-of-last"; above: number; of: number }
  | { kind: "timeouts"; timeouts: number; windowSeconds: number }
  | { kind: "level"; above: number };

/** What closes a breaker again. */
export type Recovery =
  | { kind: "trial"; afterSeconds: number[] }
  | { kind: "cool-down"; seconds: number }
  | { kind: "normal-for"; seconds: number }
  | { kind: "level"; below: number };

/** What happens for as long as a breaker is open. */
export type BreakerAction =
  | { do: "refuse-calls" | "pause-starts" | "pause-tasks" | "pause-artifacts" | "compress-artifacts" }
  | { do: "use-back-up"; backUp: string }
  | { do: "throttle"; perSecond: number }
  | { do: "lower-threshold"; byRatio: number }
  | { do: "restart"; service: string };

/** A circuit breaker of the platform. */
export interface Breaker extends Entry {
  title: string;
  description: string;
  service: string;
  opens: Opening;
  recovers: Recovery;
  whileOpen: BreakerAction[];
  /** Whether all replicas have one state. */
  shared: boolean;
  shownBy: Selection;
  /** Name of the alert that tells people. */
  alert: string;
}

/** A way of working while something is wrong; rank 0 of its ladder is the usual one. */
export interface Mode extends Entry {
  title: string;
  description: string;
  service: string;
  ladder: string;
  rank: number;
  works: Omit<ModeSpec["works"], "agents"> & { agentsRatio: number };
  /** Values are ratios, seconds or numbers, as the signal is measured. */
  entered: { signal: string; is: ">" | ">="; value: number }[];
  /** How long no signal must ask for the mode before it is left; absent where only a person leaves it. */
  calmSeconds?: number;
  /** The series that has this value in the mode. */
  shownBy: { of: Selection; value: number };
  alert?: string;
}

/** The most that something may use, take or try. */
export interface Limit extends Entry, Pick<LimitSpec, "title" | "description" | "service" | "of" | "per"> {
  atMost: number;
  unit: "count" | "bytes" | "seconds" | "ratio";
  windowSeconds?: number;
  warnsAtRatio?: number;
  /** Before each attempt after the first; the last one repeats. */
  waitSeconds: number[];
  /** In order. */
  reached: LimitSpec["reached"];
  shownBy?: Selection;
  alert?: string;
}
