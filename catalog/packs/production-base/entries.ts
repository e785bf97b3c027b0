import type { AlertInput } from "../../alert.ts";
import type { DashboardInput } from "../../dashboard.ts";
import type { MetricInput } from "../../metric.ts";
import type { Values } from "./themes.ts";

/** A row of the pack's dashboard. */
export type Row = DashboardInput["rows"][number];

/** Metrics of a theme; the compiler keeps their names. */
export function metricsOf<K extends string>(metrics: Record<K, MetricInput>): Record<K, MetricInput> {
  return metrics;
}

/** The alerts of a theme for one of its services; the compiler keeps their names, before which the service's is put. */
export function alertsOf<K extends string>(alerts: (service: string) => Record<K, AlertInput>) {
  return alerts;
}

/** The names of one alert for each service, for the panel that helps to judge it. */
export function ofEach(services: readonly string[], name: string): string[] {
  return services.map((service) => `${service}-${name}`);
}

/** A label's values as a metric declares them. */
export function labelOf(values: Values): string[] | { atMost: number } {
  return "atMost" in values ? { atMost: values.atMost } : [...values];
}

/** Durations in seconds by OpenTelemetry's advice for HTTP. */
export const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Durations in seconds by OpenTelemetry's advice for databases. */
export const databaseBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];
/** Time in seconds that something waits for a free connection: mostly none, and never long without harm. */
export const waitBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
