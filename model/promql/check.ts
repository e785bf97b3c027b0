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
export function checkQuery(
  query: string,
  place: Place,
  { known, isComplete, problems }: QueryContext,
): Inspection | undefined {
  const inspection = inspectPromql(query);
  if (inspection.errors.length > 0) {
    const { from, to } = inspection.errors[0] ?? { from: 0, to: 0 };
    const near = query.slice(from, Math.max(to, from + 12)).trim();
    problems.add(
      "promql/syntax",
      { ...place, offset: from },
      `the query does not parse ${near ? `at "${near}"` : "at its end"}`,
      {
        fix: "write a query that Prometheus accepts",
      },
    );
    return undefined;
  }
  for (const selector of inspection.selectors) {
    const offset = selector.from;
    if (selector.name === undefined) {
      problems.add("promql/no-metric", { ...place, offset }, "a selector names no metric", {
        fix: "name one declared metric: a pattern would read what nobody declared",
      });
      continue;
    }
    const series = known.get(selector.name);
    if (!series && !isComplete) continue;
    if (!series) {
      problems.add(
        "promql/unknown-metric",
        { ...place, offset },
        `no metric "${selector.name}" is declared`,
        {
          fix: suggestion(selector.name, [...known.keys()], "declare it in the platform's metrics"),
        },
      );
      continue;
    }
    if (series.isSure === false) continue;
    for (const matcher of selector.matchers) {
      if (!series.labels.has(matcher.label)) unknownLabel(matcher.label, selector.name, series, matcher.from);
    }
  }
  const all = new Set(inspection.made);
  const read = inspection.selectors.map(({ name }) => known.get(name ?? ""));
  for (const series of read) for (const label of series?.labels ?? []) all.add(label);
  // Labels of a series that is not known are not known either.
  if (read.some((series) => series === undefined || series.isSure === false)) return inspection;
  for (const { label, from } of inspection.grouping) {
    if (all.has(label)) continue;
    problems.add(
      "promql/unknown-label",
      { ...place, offset: from },
      `no series of the query has a label "${label}"`,
      {
        fix: suggestion(label, [...all], "declare the label at its metric"),
      },
    );
  }
  return inspection;

  function unknownLabel(label: string, name: string, series: KnownSeries, offset: number) {
    problems.add("promql/unknown-label", { ...place, offset }, `metric "${name}" has no label "${label}"`, {
      fix: suggestion(label, [...series.labels], "declare the label at the metric"),
    });
  }
}

/** "did you mean …?" where something near exists, otherwise what to do instead. */
export function suggestion(wrong: string, known: readonly string[], otherwise: string): string {
  const near = nearMatch(wrong, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}
