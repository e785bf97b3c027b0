import { setTimeout as delay } from "node:timers/promises";
import type { Counter } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Metric } from "../../model/model.ts";
import { combinations, completed, misfit, unlistedValues } from "./declared-series.ts";
import { measuredPart, type Unsourced, unsourcedLines } from "./unsourced.ts";

export type Labels = Readonly<Record<string, string>>;

/** A series as it is now. */
export interface Reading {
  labels: Labels;
  value: number;
}

export type Readings = Iterable<Reading>;

/** One service's metrics: those that the catalog declares for it, and no others. */
export interface Instruments {
  /** Whether the service has such a metric. */
  has(name: string): boolean;
  /** Increases a counter. */
  add(name: string, labels: Labels, value?: number): void;
  /** Counts a value in a histogram. */
  record(name: string, labels: Labels, value: number): void;
  /** Whether such a series is declared: for names that users choose, such as types of agents. */
  takes(name: string, labels: Labels): boolean;
  /** Has series read at each scrape; one that is not among the readings any more has ended. Of a counter, its count so far. */
  observe(name: string, read: () => Readings | Promise<Readings>): void;
  /** Has several metrics read together, by name. */
  observeTogether(read: ReadTogether): void;
  /** All metrics in Prometheus' text format. */
  exposition(): Promise<string>;
  shutdown(): Promise<void>;
}

interface InstrumentOptions {
  service: string;
  /** What of it nothing here measures: it is said so in the exposition, and has no series. */
  unsourced?: readonly Unsourced[];
  /** Told of a use that the catalog does not declare: the value is dropped, and the service goes on. */
  onMisuse: (message: string) => void;
  /** Told of readings that could not be had, or not in time: the scrape goes without them. */
  onUnread?: (error: Error) => void;
}

/** A scrape waits no longer for a reading: at a drill's pace it has a second in all. */
const READ_MS = 700;

/**
 * Creates the instruments of a service from the catalog's declarations, so that names, help, labels and buckets cannot drift. Counters
 * stand at 0 for every combination of declared values, histograms are empty for every value (a series that is born with its first event
 * hides it from every rate); where nobody lists a label's values, as soon as one is seen. Native histograms are left out: the text
 * format has none.
 */
export function createInstruments(all: readonly Metric[], options: InstrumentOptions): Instruments {
  const { service, unsourced = [], onMisuse, onUnread = () => undefined } = options;
  const metrics = all.filter(({ services, native }) => services.includes(service) && !native);
  const measured = metrics.flatMap((metric) => measuredPart(metric, unsourced) ?? []);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  const views = [{ instrumentName: "*", aggregationCardinalityLimit: 20_000 }];
  const provider = new MeterProvider({ readers: [exporter], views });
  const use = instrumentsByName(provider, measured);
  const byName = new Map(measured.map((metric) => [metric.name, metric]));
  const readers: ReadTogether[] = [];
  const wrongWith = (name: string, labels: Labels): string | undefined => {
    const metric = byName.get(name);
    if (metric) return misfit(metric, labels);
    const isDeclared = metrics.some((one) => one.name === name);
    return isDeclared ? "is said to have no source" : `is not declared for ${service}`;
  };
  const fits = (name: string, labels: Labels): boolean => {
    const wrong = wrongWith(name, labels);
    if (wrong) onMisuse(`${name} ${wrong}`);
    return !wrong;
  };
  return {
    has: (name) => byName.has(name),
    takes: (name, labels) => wrongWith(name, labels) === undefined,
    add: (name, labels, value = 1) => fits(name, labels) && use.counters.get(name)?.(value, labels),
    record: (name, labels, value) => fits(name, labels) && use.histograms.get(name)?.(value, labels),
    observe: (name, read) => {
      if (byName.has(name)) readers.push(inTime(async () => ({ [name]: await read() }), onUnread));
    },
    observeTogether: (read) => void readers.push(inTime(read, onUnread)),
    async exposition() {
      const readings = await readAll(readers, fits);
      const { resourceMetrics } = await exporter.collect();
      const text = serializer.serialize(completed(resourceMetrics, { metrics, measured: byName, readings }));
      return `${text}${unsourcedLines(metrics, unsourced)}`;
    },
    shutdown: () => provider.shutdown(),
  };
}

type ReadTogether = () => Promise<Readonly<Record<string, Readings>>>;

/**
 * A reader that gives nothing where it fails or takes too long, so that a scrape tells what is known while the database is away: a service that
 * cannot be scraped looks as if it were down. One that is still at it is waited for again, not begun anew.
 */
function inTime(read: ReadTogether, onUnread: (error: Error) => void): ReadTogether {
  let underWay: ReturnType<ReadTogether> | undefined;
  const begin = () => {
    const reading = read().finally(() => {
      underWay = undefined;
    });
    underWay = reading;
    return reading;
  };
  return async () => {
    const stopped = new AbortController();
    const late = delay(READ_MS, undefined, { signal: stopped.signal, ref: false }).then(() => {
      throw new Error(`not read within ${READ_MS} ms`);
    });
    try {
      return await Promise.race([underWay ?? begin(), late]);
    } catch (error) {
      onUnread(error as Error);
      return {};
    } finally {
      stopped.abort();
      late.catch(() => undefined);
    }
  };
}

/** What is read at a scrape, as far as it is declared. */
async function readAll(
  readers: readonly ReadTogether[],
  fits: (name: string, labels: Labels) => boolean,
): Promise<Map<string, Reading[]>> {
  const readings = new Map<string, Reading[]>();
  for (const read of await Promise.all(readers.map((reader) => reader()))) {
    for (const [name, series] of Object.entries(read)) {
      const declared = [...series].filter(({ labels }) => fits(name, labels));
      readings.set(name, declared);
    }
  }
  return readings;
}

type Count = (value: number, labels: Labels) => void;

function instrumentsByName(provider: MeterProvider, metrics: readonly Metric[]) {
  const meter = provider.getMeter("orchestrator");
  const counters = new Map<string, Count>();
  const histograms = new Map<string, Count>();
  for (const metric of metrics) {
    const { name, help: description } = metric;
    // OpenTelemetry's gauges keep a series for ever: they are read when asked for.
    if (metric.type === "gauge") continue;
    if (metric.type === "histogram") {
      const advice = { explicitBucketBoundaries: metric.buckets ?? [] };
      const histogram = meter.createHistogram(name, { description, advice });
      histograms.set(name, (value, labels) => histogram.record(value, labels));
    } else counters.set(name, countFromZero(metric, meter.createCounter(name, { description })));
  }
  return { counters, histograms };
}

/** Counts in series that stood at 0 before: those known beforehand from the start, others from the first sight of their unlisted values. */
function countFromZero(metric: Metric, counter: Counter): Count {
  const seen = new Set<string>();
  const begin = (labels: Labels): void => {
    const values = unlistedValues(metric, labels);
    if (seen.has(values)) return;
    seen.add(values);
    for (const series of combinations(metric, labels)) counter.add(0, series);
  };
  begin({});
  return (value, labels) => {
    begin(labels);
    counter.add(value, labels);
  };
}
