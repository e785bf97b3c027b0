// What alerts wait for, structured.
import type { ExampleSpec } from "../catalog/alert.ts";
import type { Metric } from "./model.ts";
import type { Tier } from "./slo.ts";

/** Series chosen from one metric, as PromQL and as parts. */
export interface Selection {
  metric: Metric;
  /** Series name, with a histogram's suffix. */
  series: string;
  matchers: { label: string; op: "=" | "!=" | "=~" | "!~"; value: string }[];
  /** `series{…}` in PromQL. */
  promql: string;
  /** Labels of one series that the matchers let through, the scrape's included: what a test can feed. */
  sample: Record<string, string>;
}

/** What makes an alert fire, structured, so that a test of it can be derived. */
export type Signal =
  | {
      kind: "threshold";
      of: Selection;
      aggregate: Aggregate;
      by: string[];
      is: Operator;
      value: number;
    }
  | { kind: "gauge-ratio"; part: Selection; whole: Selection; by: string[]; is: Operator; value: number }
  | {
      kind: "event-ratio";
      part: Selection;
      whole: Selection;
      window: string;
      windowSeconds: number;
      by: string[];
      is: Operator;
      value: number;
      minimumEvents: number;
    }
  | {
      kind: "increase";
      of: Selection;
      window: string;
      windowSeconds: number;
      by: string[];
      is: ">" | ">=";
      value: number;
    }
  | Forecast
  | (ForecastTime & { kind: "budget-forecast"; slo: string; labels: Record<string, string>; by: string[] })
  | { kind: "target-down"; job: string; labels: Record<string, string> }
  | { kind: "burn"; slo: string; tier: Tier }
  | { kind: "absent"; of: Selection; by: string[] }
  | { kind: "unrecorded"; series: { record: string; labels: Record<string, string> }[]; by: string[] }
  | { kind: "promql"; examples: ExampleSpec[] }
  | { kind: "always" };

/** Signals of one kind, or of several. */
export type SignalOf<K extends Signal["kind"]> = Extract<Signal, { kind: K }>;

/** What follows a trend. */
export type ForecastOf = SignalOf<"forecast" | "budget-forecast">;

/** How far ahead is looked, and what that rests on. */
interface ForecastTime {
  /** "24h", or "end-of-day". */
  within: string;
  /** Undefined: until midnight UTC. */
  withinSeconds?: number;
  basedOn: string;
  basedOnSeconds: number;
}

/** A gauge that is on its way to a limit which it has not reached. */
export interface Forecast extends ForecastTime {
  kind: "forecast";
  of: Selection;
  aggregate: Aggregate;
  by: string[];
  trend: "rising" | "falling";
  /** The limit and what must have been reached before anything is said: in the metric's unit, or shares of the capacity. */
  reaches: number;
  from?: number;
  capacity?: { of: Selection; aggregate: Aggregate };
}

/** How several series become one value. */
export type Aggregate = "max" | "min" | "sum" | "avg";

export type Operator = ">" | ">=" | "<" | "<=";
