// Who is told of alerts, and when nobody is.
import type { TimeWindowSpec } from "../catalog/time-window.ts";
import type { Origin } from "./model.ts";

/** A span of time that has a name. */
export interface TimeWindow extends TimeWindowSpec {
  name: string;
}

export interface Routing {
  /** Receiver names by severity. */
  routes: { critical: string[]; warning: string[] };
  /** Who else is told of a critical alert, the longer nobody silences it. */
  escalation: { after: string; afterSeconds: number; to: string[] }[];
  /** When nobody is told of warnings. */
  muteTimes: TimeWindow[];
  heartbeat: string;
  meets: string[];
  origin: Origin;
}
