import type { Attributes } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { Metric } from "../../model/model.ts";
import { combinations, completed, misfit } from "./declared-series.ts";

export type Labels = Readonly<Record<string, string>>;

/** A gauge's series as it is now. */
export interface Reading {
  labels: Labels;
  value: number;
}

/** One service's metrics: those that the catalog declares for it, and no others. */
export interface Instruments {
  /** Whether the service has such a metric. */
  has(name: string): boolean;
  /** Increases a counter. */
  add(name: string, labels: Labels, value?: number): void;
  /** Counts a value in a histogram. */
  record(name: string, labels: Labels, value: number): void;
  /** Has a gauge read at each scrape: a series that is not among the readings any more has ended. */
  observe(name: string, read: () => Iterable<Reading> | Promise<Iterable<Reading>>): void;
  /** All metrics in Prometheus' text format. */
  exposition(): Promise<string>;
  shutdown(): Promise<void>;
}

interface InstrumentOptions {
  service: string;
  /** Told of a use that the catalog does not declare: the value is dropped, and the service goes on. */
  onMisuse: (message: string) => void;
}

/**
 * Creates the instruments of a service from the catalog's declarations, so that names, help, labels and buckets cannot drift. Counters
 * stand at 0 for every combination of declared values, histograms are empty for every value (a series that is born with its first event
 * hides it from every rate). Native histograms are left out: the text format has none.
 */
export function createInstruments(all: readonly Metric[], options: InstrumentOptions): Instruments {
  const metrics = all.filter(({ services, native }) => services.includes(options.service) && !native);
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  const views = [{ instrumentName: "*", aggregationCardinalityLimit: 20_000 }];
  const provider = new MeterProvider({ readers: [exporter], views });
  const use = instrumentsByName(provider, metrics);
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  const readers = new Map<string, Parameters<Instruments["observe"]>[1]>();
  const fits = (name: string, labels: Labels): boolean => {
    const metric = byName.get(name);
    const wrong = metric ? misfit(metric, labels) : `is not declared for ${options.service}`;
    if (wrong) options.onMisuse(`${name} ${wrong}`);
    return !wrong;
  };
  return {
    has: (name) => byName.has(name),
    add: (name, labels, value = 1) => fits(name, labels) && use.counters.get(name)?.add(value, labels),
    record: (name, labels, value) => fits(name, labels) && use.histograms.get(name)?.record(value, labels),
    observe: (name, read) => void readers.set(name, read),
    async exposition() {
      const gauges = new Map<string, Reading[]>();
      for (const [name, read] of readers) {
        if (byName.has(name))
          gauges.set(
            name,
            [...(await read())].filter(({ labels }) => fits(name, labels)),
          );
      }
      const { resourceMetrics } = await exporter.collect();
      return serializer.serialize(completed(resourceMetrics, { metrics, gauges }));
    },
    shutdown: () => provider.shutdown(),
  };
}

function instrumentsByName(provider: MeterProvider, metrics: readonly Metric[]) {
  const meter = provider.getMeter("orchestrator");
  const counters = new Map<string, { add: (value: number, labels: Attributes) => void }>();
  const histograms = new Map<string, { record: (value: number, labels: Attributes) => void }>();
  for (const metric of metrics) {
    const { name, help: description } = metric;
    // OpenTelemetry's gauges keep a series for ever: they are read when asked for.
    if (metric.type === "gauge") continue;
    if (metric.type === "histogram") {
      const advice = { explicitBucketBoundaries: metric.buckets ?? [] };
      histograms.set(name, meter.createHistogram(name, { description, advice }));
    } else {
      const counter = meter.createCounter(name, { description });
      for (const labels of combinations(metric)) counter.add(0, labels);
      counters.set(name, counter);
    }
  }
  return { counters, histograms };
}
