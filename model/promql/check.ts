import { nearMatch } from "../../problems/near-match.ts";
import type { Place, ProblemCollector } from "../problems.ts";
import { type Inspection, inspectPromql } from "./inspect.ts";
import type { KnownSeries } from "./known.ts";

/** What a query may use beside series: the variables of its dashboard. */
export interface QueryContext {
  known: ReadonlyMap<string, KnownSeries>;
  /** Whether every metric that was declared is among the known series. */
  isComplete: boolean;
  problems: ProblemCollector;
}

/**
 * Checks that a query parses and reads only series and labels that are declared; reports every place where it does not.
 * Returns what it read, or nothing if it does not parse.
 */
export function checkQuery(query: string, place: Place, context: QueryContext): Inspection | undefined {
  const inspection = inspectPromql(query);
  const [error] = inspection.errors;
  if (error) {
    const near = query.slice(error.from, Math.max(error.to, error.from + 12)).trim();
    context.problems.add(
      "promql/syntax",
      { ...place, offset: error.from },
      `the query does not parse ${near ? `at "${near}"` : "at its end"}`,
      { fix: "write a query that Prometheus accepts" },
    );
    return undefined;
  }
  for (const selector of inspection.selectors) checkSelector(selector, place, context);
  checkGrouping(inspection, place, context);
  return inspection;
}

function checkSelector(
  { name, from, matchers }: Inspection["selectors"][number],
  place: Place,
  { known, isComplete, problems }: QueryContext,
): void {
  const here = { ...place, offset: from };
  if (name === undefined) {
    problems.add("promql/no-metric", here, "a selector names no metric", {
      fix: "name one declared metric: a pattern would read what nobody declared",
    });
    return;
  }
  const series = known.get(name);
  if (!series) {
    if (!isComplete) return;
    problems.add("promql/unknown-metric", here, `no metric "${name}" is declared`, {
      fix: suggestion(name, [...known.keys()], "declare it in the platform's metrics"),
    });
    return;
  }
  if (series.isSure === false) return;
  for (const { label, from: offset } of matchers.filter((matcher) => !series.labels.has(matcher.label))) {
    problems.add("promql/unknown-label", { ...place, offset }, `metric "${name}" has no label "${label}"`, {
      fix: suggestion(label, [...series.labels], "declare the label at the metric"),
    });
  }
}

function checkGrouping(
  { made, selectors, grouping }: Inspection,
  place: Place,
  { known, problems }: QueryContext,
): void {
  const read = selectors.map(({ name }) => known.get(name ?? ""));
  // Labels of a series that is not known are not known either.
  if (read.some((series) => series === undefined || series.isSure === false)) return;
  const all = new Set([...made, ...read.flatMap((series) => [...(series?.labels ?? [])])]);
  for (const { label, from: offset } of grouping.filter((one) => !all.has(one.label))) {
    problems.add(
      "promql/unknown-label",
      { ...place, offset },
      `no series of the query has a label "${label}"`,
      { fix: suggestion(label, [...all], "declare the label at its metric") },
    );
  }
}

/** "did you mean …?" where something near exists, otherwise what to do instead. */
export function suggestion(wrong: string, known: readonly string[], otherwise: string): string {
  const near = nearMatch(wrong, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}
