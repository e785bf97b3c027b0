// Service level objectives as the model has them.
import type { RunbookSpec } from "../catalog/runbook.ts";
import type { SloExampleSpec } from "../catalog/slo-example.ts";
import type { Entry, Operator, Selection } from "./model.ts";

export type { SloExampleSpec };

/** A row of the multi-window multi-burn-rate table (Google SRE Workbook, ch. 5). */
export interface Tier {
  name: "page-quick" | "page-slow" | "ticket-quick" | "ticket-slow";
  severity: "critical" | "warning";
  /** Prometheus duration of the windows, e.g. "5m" and "1h". */
  short: string;
  long: string;
  shortSeconds: number;
  longSeconds: number;
  /** Share of the period's budget that is burnt when it fires. */
  share: number;
  /** Burn rate at which it fires: share × period ÷ long window. */
  factor: number;
  /** Error ratio at which it fires: factor × budget, 12 significant digits. At 1 or more it can never fire. */
  threshold: number;
}

export interface RecordingRule {
  record: string;
  expr: string;
  labels: Record<string, string>;
}

/** What an SLO measures. Of freshness and gauge each minute is an event: it was good or bad. */
export type Sli =
  | { kind: "bad-events"; bad: Selection; total: Selection }
  | { kind: "good-events"; good: Selection; total: Selection }
  | { kind: "latency"; fast: Selection; total: Selection; thresholdSeconds: number }
  | { kind: "native-latency"; total: Selection; thresholdSeconds: number }
  | { kind: "freshness"; of: Selection; aggregate: "max" | "min"; youngerThanSeconds: number }
  | { kind: "gauge"; of: Selection; aggregate: "max" | "min" | "sum" | "avg"; is: Operator; value: number }
  | {
      kind: "custom";
      /** What `part` counts. */
      counts: "bad" | "good";
      /** PromQL with `$window` in it. */
      part: string;
      total: string;
      examples: SloExampleSpec[];
    }
  | { kind: "composite"; parts: SloPart[] };

/** An SLO that a composite is made of. */
export interface SloPart {
  slo: string;
  weight: number;
  /** Labels of the part's recorded series. */
  labels: Record<string, string>;
  /** With fewer events in a long window the part has no say in the mean of that window. */
  minimumEvents: number;
}

export interface Slo extends Entry {
  /** PLATFORM/NAME. */
  id: string;
  title: string;
  description: string;
  service: string;
  /** Ratios: 0.999 and 0.001. */
  objective: number;
  budget: number;
  /** "30d", or "calendar-month", "calendar-quarter". */
  period: string;
  /** Of a calendar period its nominal length: 30 and 90 days. */
  periodSeconds: number;
  sli: Sli;
  /** Labels of its series that stay apart, beside `labels`. */
  by: string[];
  noTraffic: "good" | "unknown";
  /** Events, or measured minutes, that the long window must hold for an alert. */
  minimumEvents: number;
  /** Labels of all its recorded series: platform, service, slo. */
  labels: Record<string, string>;
  recordingRules: RecordingRule[];
  /** Tiers that can fire, and those that cannot at this objective. */
  tiers: Tier[];
  deadTiers: Tier[];
  /** When its budget is said to be running out. */
  budgetForecast?: { within: string; withinSeconds: number; basedOn: string; basedOnSeconds: number };
  /** Names (keys) of its alerts in `Platform.alerts`. */
  alerts: string[];
  runbook: RunbookSpec;
}
