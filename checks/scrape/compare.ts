import type { Metric, Origin, Service } from "../../model/model.ts";
import type { Severity } from "../../problems/problem.ts";
import { compareMetric } from "./compare-metric.ts";
import type { Family } from "./exposition.ts";

/** How what a service exposes differs from what is declared of it. */
export interface Difference {
  rule: `scrape/${string}`;
  severity: Severity;
  message: string;
  fix: string;
  place: Origin;
}

/**
 * Metrics that runtimes and client libraries expose by themselves: allowed without a declaration. The list stands in
 * docs/rules/scrape/undeclared-metric.md too, which a test holds.
 */
export const RUNTIME_PREFIXES = [
  "process_",
  "nodejs_",
  "v8js_",
  "go_",
  "python_",
  "jvm_",
  "otel_",
  "promhttp_",
  "scrape_",
  "target_info",
];

/** Everything in which a service differs from its declared metrics; native histograms have no text form and are left out. */
export function compareExposed(
  families: ReadonlyMap<string, Family>,
  { service, metrics }: { service: Service; metrics: readonly Metric[] },
): Difference[] {
  const declared = metrics.filter((metric) => metric.services.includes(service.name));
  const known = new Set(declared.flatMap(familyNames));
  const isAllowed = (name: string) =>
    known.has(name) || RUNTIME_PREFIXES.some((prefix) => name.startsWith(prefix));
  const undeclared = [...families.keys()].filter((name) => !isAllowed(name));
  return [
    ...declared.filter(({ native }) => !native).flatMap((metric) => differencesOf(metric, families, service)),
    ...undeclared.map((name) => ({
      rule: "scrape/undeclared-metric" as const,
      severity: "warning" as const,
      message: `service "${service.name}" exposes ${name}, which is not declared for it`,
      fix: "declare it, or do not expose it",
      place: service.origin,
    })),
  ];
}

/** In OpenMetrics the family of a counter is called without `_total`. */
function familyNames({ name, type }: Metric): string[] {
  return type === "counter" ? [name, name.replace(/_total$/, "")] : [name];
}

function differencesOf(
  metric: Metric,
  families: ReadonlyMap<string, Family>,
  service: Service,
): Difference[] {
  const [family] = familyNames(metric).flatMap((name) => families.get(name) ?? []);
  if (!family) {
    const message = `service "${service.name}" does not expose ${metric.name}`;
    const fix = "register it when the service starts";
    return [{ rule: "scrape/missing-metric", severity: "error", message, fix, place: metric.origin }];
  }
  return compareMetric(metric, family).map(({ rule, text, fix, severity = "error", at = [] }) => ({
    rule,
    severity,
    message: `${metric.name} of service "${service.name}" ${text}`,
    fix,
    place: { ...metric.origin, path: [...metric.origin.path, ...at] },
  }));
}
