import type { Where } from "../../catalog/selector.ts";
import type { Described } from "../described.ts";
import type { Metric, Origin, Selection, WrittenQuery } from "../model.ts";
import { at, type Place, type ProblemCollector } from "../problems.ts";
import { checkQuery, suggestion } from "../promql/check.ts";
import { type KnownSeries, targetLabels } from "../promql/known.ts";
import { scopeToPlatform } from "../promql/scope.ts";
import type { References } from "../references.ts";
import { type Selecting, select } from "../selection.ts";

/** What the resolution of one platform shares: what was described, what can be looked up, where problems go. */
export interface Scope {
  described: Described;
  /** Another object whenever the platform's head, its services, its metrics or the labels that SLOs keep apart are others. */
  base: object;
  references: References;
  problems: ProblemCollector;
  metrics: ReadonlyMap<string, Metric>;
  known: ReadonlyMap<string, KnownSeries>;
  /** Whether every metric that was declared is among the known series. */
  isComplete: boolean;
  /** Grows with every query that is read. */
  queries: WrittenQuery[];
  /** Queries without a mistake, kept to the platform: the runbooks of many SLOs ask the same. */
  resolved: Map<string, string>;
}

/** What a selection asks of its metric beside being declared. */
export interface Wanted extends Omit<Selecting, "platform"> {
  types: readonly Metric["type"][];
}

/** A checked selection of a metric's series; nothing when metric, type or labels are wrong, which is then reported. */
export function resolveSelection(
  scope: Scope,
  from: { metric: string; where?: Where | undefined },
  how: Wanted & { origin: Origin; path: (string | number)[] },
): Selection | undefined {
  const place = (...more: string[]): Place => at(how.origin, ...how.path, ...more);
  if (!scope.references.check("metrics", from.metric, place("metric"))) return undefined;
  const metric = scope.metrics.get(from.metric);
  if (!metric) return undefined;
  // A classic histogram counts its observations: where events are wanted, that counter will do.
  const counted = metric.type === "histogram" && !metric.native && how.types.includes("counter");
  const isTyped = scope.problems.isSound(at(metric.origin, "type"));
  if (isTyped && !counted && !how.types.includes(metric.type)) {
    const message = `metric "${metric.name}" is a ${metric.type}, and a ${how.types.join(" or ")} is needed here`;
    scope.problems.add("metric/wrong-type", place("metric"), message, {
      fix: `choose a ${how.types.join(" or ")}`,
    });
    return undefined;
  }
  const where = from.where ?? {};
  const right = Object.entries(where).map(([label, condition]) =>
    checkCondition(scope, condition, { metric, label, place: place("where", label) }),
  );
  if (right.includes(false)) return undefined;
  const suffix = counted ? "_count" : how.suffix;
  return select(metric, where, { ...how, platform: scope.described.name, ...(suffix && { suffix }) });
}

function checkCondition(
  scope: Scope,
  condition: Where[string],
  { metric, label, place }: { metric: Metric; label: string; place: Place },
): boolean {
  if (!checkLabel(scope, metric, label, { ...place, key: true })) return false;
  const values = metric.labels[label];
  const isDeclared = scope.problems.isSound(at(metric.origin, "labels", label));
  if (!isDeclared || !Array.isArray(values)) return true;
  const wanted = typeof condition === "object" && "not" in condition ? condition.not : condition;
  const unknown = [wanted].flat().filter((value) => !values.includes(value));
  for (const value of unknown) {
    const message = `label "${label}" of metric "${metric.name}" is never "${value}"`;
    scope.problems.add("metric/unknown-value", place, message, {
      fix: suggestion(value, values, `choose one of ${values.join(", ")}`),
    });
  }
  return unknown.length === 0;
}

/** Whether a metric has a label, its own or the scrape's; otherwise a Problem with the near match at `place`. */
export function checkLabel(scope: Scope, metric: Metric, label: string, place: Place): boolean {
  const labels = [...Object.keys(metric.labels), ...targetLabels];
  if (labels.includes(label) || scope.problems.isSetAside(at(metric.origin, "labels"))) return true;
  scope.problems.add("promql/unknown-label", place, `metric "${metric.name}" has no label "${label}"`, {
    fix: suggestion(label, labels, "declare the label at the metric"),
  });
  return false;
}

/** A query of the catalog, checked and kept to its platform; as it was written where it does not parse. */
export function resolveQuery(scope: Scope, query: string, place: Place): string {
  scope.queries.push({ text: query, place });
  const known = scope.resolved.get(query);
  if (known !== undefined) return known;
  const before = scope.problems.count;
  const inspection = checkQuery(query, place, scope);
  if (!inspection) return query;
  const resolved = scopeToPlatform(query, inspection, scope.described.name);
  // One with a mistake is looked at again wherever it stands: each place is told.
  if (scope.problems.count === before) scope.resolved.set(query, resolved);
  return resolved;
}
