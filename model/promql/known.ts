// The series that queries may read: those of declared metrics, and those that Prometheus and Fairlead make.
import { PERIOD_START, periodCount } from "../alerting/calendar.ts";
import { WINDOW_SECONDS } from "../alerting/tiers.ts";
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

/** Names of the series that a metric of a type exposes. */
export function seriesOf(name: string, { type, native }: Pick<Metric, "type" | "native">): string[] {
  return type === "histogram" && !native ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
}

/** A series that can be queried, with every label it can carry. */
export interface KnownSeries {
  labels: ReadonlySet<string>;
  /** False where the metric's declaration cannot be read: it may have other labels too. */
  isSure?: boolean;
  metric?: Metric;
}

/** Labels of the series that an SLO records. */
const sloLabels = ["platform", "service", "slo"] as const;

const RECORDED = [
  "slo:sli_bad:bool",
  "slo:sli_bad:increase5m",
  PERIOD_START,
  "slo:objective:ratio",
  "slo:error_budget:ratio",
  "slo:current_burn_rate:ratio",
  "slo:period_error:ratio",
  "slo:period_error_budget_remaining:ratio",
];

/**
 * Everything a platform's queries may read, by series name; `groups` are the labels that its SLOs keep apart. Of a metric whose
 * type is not sound any series may be meant, of one whose labels are not, any label.
 */
export function knownSeries(
  metrics: readonly Metric[],
  {
    groups,
    isSound,
  }: { groups: readonly string[]; isSound: (metric: Metric, property: "type" | "labels") => boolean },
): Map<string, KnownSeries> {
  const recordedLabels = new Set([...sloLabels, ...groups]);
  const known = new Map<string, KnownSeries>();
  for (const metric of metrics) {
    const isTyped = isSound(metric, "type");
    const all = isTyped
      ? metric.series
      : [metric.name, ...seriesOf(metric.name, { type: "histogram", native: false })];
    for (const series of all) {
      const extra = series.endsWith("_bucket") && (metric.type === "histogram" || !isTyped) ? ["le"] : [];
      known.set(series, {
        metric,
        isSure: isSound(metric, "labels"),
        labels: new Set([...Object.keys(metric.labels), ...targetLabels, ...extra]),
      });
    }
  }
  for (const series of ["up", "scrape_duration_seconds", "scrape_samples_scraped"]) {
    known.set(series, { labels: new Set(targetLabels) });
  }
  for (const side of ["bad", "total"] as const) {
    known.set(periodCount(side), { labels: new Set([...recordedLabels, "period_start"]) });
  }
  for (const series of RECORDED) known.set(series, { labels: recordedLabels });
  for (const window of WINDOW_SECONDS.keys()) {
    known.set(`slo:sli_error:ratio_rate${window}`, { labels: recordedLabels });
    known.set(`slo:sli_total:increase${window}`, { labels: recordedLabels });
  }
  known.set("slo:info", { labels: new Set([...sloLabels, "objective", "period", "team"]) });
  const alert = ["alertname", "alertstate", "severity", "team", "tier", "cause", ...recordedLabels];
  known.set("ALERTS", { labels: new Set([...alert, ...targetLabels]) });
  return known;
}
