import type { Metric, Platform } from "../../model/model.ts";
import type { Place } from "../../model/problems.ts";
import { type Expr, everyPart, parsePromql } from "../../model/promql/tree.ts";

/** A query that somebody wrote, understood once for all lints. */
export interface ReadQuery {
  /** What asks it. */
  use: "alert" | "slo" | "panel" | "runbook" | "gate";
  text: string;
  place: Place;
  tree: Expr;
  /** The tree's parts, outermost first. */
  parts: readonly Expr[];
}

/** What lints look at: one platform. */
export interface Subject {
  platform: Platform;
  queries: readonly ReadQuery[];
  /** The metric that a series belongs to; none for what Prometheus and Fairlead make. */
  metricOf(series: string | undefined): Metric | undefined;
  /** The query at a place of the catalog. */
  queryAt(place: Place): ReadQuery | undefined;
}

/** A platform with its queries parsed. */
export function subjectOf(platform: Platform): Subject {
  const trees = new Map<string, Pick<ReadQuery, "tree" | "parts"> | undefined>();
  const read = (text: string) => {
    if (!trees.has(text)) {
      const tree = parsePromql(text);
      trees.set(text, tree && { tree, parts: everyPart(tree) });
    }
    return trees.get(text);
  };
  const queries = platform.queries.flatMap(({ text, place }): ReadQuery[] => {
    const parsed = read(text);
    return parsed ? [{ ...parsed, text, place, use: useOf(place.path) }] : [];
  });
  const metrics = new Map(
    platform.metrics.flatMap((metric) => metric.series.map((series) => [series, metric] as const)),
  );
  const byPlace = new Map(queries.map((query) => [JSON.stringify(query.place.path), query]));
  return {
    platform,
    queries,
    metricOf: (series) => (series === undefined ? undefined : metrics.get(series)),
    queryAt: ({ path }) => byPlace.get(JSON.stringify(path)),
  };
}

const USES = { alerts: "alert", slos: "slo", dashboards: "panel" } as const;

function useOf([first, , kind, , member]: Place["path"]): ReadQuery["use"] {
  if (first !== "parts") return "gate";
  // Operational runbooks have steps of their own.
  return member === "runbook" ? "runbook" : (USES[kind as keyof typeof USES] ?? "runbook");
}
