// The series that queries may read: those of declared metrics, and those that Prometheus and Fairlead make.
import type { Metric } from "../model.ts";

/** Labels that the scrape configuration adds to every series of a service. */
export const targetLabels = [
  "job",
  "instance",
  "platform",
  "service",
  "environment",
  "namespace",
  "pod",
] as const;

/** A series that can be queried, with every label it can carry. */
export interface KnownSeries {
  labels: ReadonlySet<string>;
  metric?: Metric;
}

/** Labels of the series that an SLO records. */
export const sloLabels = ["platform", "service", "slo"] as const;

const RECORDED = [
  "slo:sli_bad:increase5m",
  "slo:objective:ratio",
  "slo:error_budget:ratio",
  "slo:current_burn_rate:ratio",
  "slo:period_error:ratio",
  "slo:period_error_budget_remaining:ratio",
];

/** Everything a platform's queries may read, by series name. */
export function knownSeries(metrics: readonly Metric[]): Map<string, KnownSeries> {
  const known = new Map<string, KnownSeries>();
  for (const metric of metrics) {
    for (const series of metric.series) {
      const extra = series.endsWith("_bucket") && metric.type === "histogram" ? ["le"] : [];
      known.set(series, {
        metric,
        labels: new Set([...Object.keys(metric.labels), ...targetLabels, ...extra]),
      });
    }
  }
  for (const series of ["up", "scrape_duration_seconds", "scrape_samples_scraped"]) {
    known.set(series, { labels: new Set(targetLabels) });
  }
  for (const series of RECORDED) known.set(series, { labels: new Set(sloLabels) });
  for (const window of ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]) {
    known.set(`slo:sli_error:ratio_rate${window}`, { labels: new Set(sloLabels) });
    known.set(`slo:sli_total:increase${window}`, { labels: new Set(sloLabels) });
  }
  known.set("slo:info", { labels: new Set([...sloLabels, "objective", "period", "team"]) });
  const alert = ["alertname", "alertstate", "severity", "team", "tier", "cause", ...sloLabels];
  known.set("ALERTS", { labels: new Set([...alert, ...targetLabels]) });
  return known;
}
