import type { Metric } from "../../model/model.ts";
import type { OperationId } from "../security/operations.ts";
import type { EventMetrics, ServiceInstruments } from "./event-metrics.ts";
import type { Readings } from "./instruments.ts";
import type { OpenWork } from "./open-work.ts";
import type { PlatformLimits, PlatformState } from "./platform-state.ts";
import type { Unsourced } from "./unsourced.ts";

/** What a service's gauges are read from. */
export interface GaugeOptions {
  /** Each part is read at most once a scrape. */
  state: PlatformState;
  work: OpenWork;
  limits: PlatformLimits;
  metrics: readonly Metric[];
}

/** Reads gauges of one service by name, all of them at each scrape; those that another process tells have no readings. */
export type ReadGauges = (options: GaugeOptions) => Promise<Readonly<Record<string, Readings>>>;

/** How one platform's declared metrics follow from what happens in this service. */
export interface PlatformTelemetry {
  /** Services of the catalog that a process stands for; the others are programs of their own. */
  services: readonly string[];
  /** The one that the HTTP API is: it counts the requests, and its metrics stand at the API's `/metrics`. */
  api: string;
  /** Which event moves which metric. */
  events: EventMetrics;
  /** By service. What can be read while something else cannot is read apart from it. */
  gauges: Readonly<Record<string, readonly ReadGauges[]>>;
  /** Counts a request that was let in with its token. */
  letIn?: (on: ServiceInstruments) => void;
  /** What the platform calls what people do with an operation. */
  features?: Readonly<Partial<Record<OperationId, string>>>;
  /** What the platform calls tables of the store; where it lists its tables, all others are left out. */
  tables?: Readonly<Record<string, string>>;
  /** Declared metrics that nothing here moves, with the reason. */
  unsourced: readonly Unsourced[];
}

/** All values that a metric's label may have. */
export function declaredValues(metrics: readonly Metric[], metric: string, label: string): string[] {
  const values = metrics.find(({ name }) => name === metric)?.labels[label];
  return Array.isArray(values) ? values : [];
}
