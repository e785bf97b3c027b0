import { inspectPromql } from "../model/promql/inspect.ts";
import type { Location } from "../problems/problem.ts";
import type { ForeignQuery, ForeignSli } from "./foreign.ts";
import type { References } from "./openslo.ts";
import type { OpenMetric, OpenSli, OpenSlo } from "./openslo-schema.ts";
import { withWindow } from "./read-documents.ts";
import { ratioOfQuery } from "./terms.ts";

type At = (...path: (string | number)[]) => Location;
type Ratio = NonNullable<OpenSli["ratioMetric"]>;

const IS = { lte: "<=", gte: ">=", lt: "<", gt: ">" } as const;

/** Good or bad events among all; nothing, and a finding, where it is not that. */
export function ratioSli(
  { metric, at }: { metric: Ratio; at: At },
  references: References,
): ForeignSli | undefined {
  const { findings } = references;
  const side = (name: "good" | "bad" | "total" | "raw") =>
    metric[name] &&
    queryOf({ metric: metric[name], at: (...path) => at("ratioMetric", name, ...path) }, references);
  if (metric.raw) {
    const raw = side("raw");
    const ratio = raw && ratioOfQuery(overWindow([raw.text], false)[0] ?? "");
    if (raw && !ratio)
      findings.add("interchange/query", raw.location, {
        message: "the ratio is not one count divided by another",
        fix: "write it as good or bad, and total",
      });
    if (!raw || !ratio) return undefined;
    const counts = (metric.rawType === "success") !== ratio.isComplement ? "good" : "bad";
    const { location } = raw;
    return {
      kind: "ratio",
      counts,
      part: { text: ratio.part, location },
      total: { text: ratio.total, location },
    };
  }
  const counts = metric.good ? "good" : "bad";
  const [part, total] = [side(counts), side("total")];
  if (!metric[counts] || !metric.total) {
    findings.add("interchange/query", at("ratioMetric"), {
      message: "a ratio needs total, and good or bad",
      fix: "add what is missing",
    });
  }
  if (!part || !total) return undefined;
  const [partText = "", totalText = ""] = overWindow([part.text, total.text], metric.counter ?? false);
  return { kind: "ratio", counts, part: { ...part, text: partText }, total: { ...total, text: totalText } };
}

interface ThresholdQuestion {
  metric: OpenMetric;
  at: At;
  objective: OpenSlo["spec"]["objectives"][number] | undefined;
  objectiveAt: Location;
}

/** A value compared with a number; nothing, and a finding, where the objective does not say how. */
export function thresholdOf(
  { metric, at, objective, objectiveAt }: ThresholdQuestion,
  references: References,
): ForeignSli | undefined {
  const of = queryOf({ metric, at: (...path) => at("thresholdMetric", ...path) }, references);
  if (objective?.op === undefined || objective.value === undefined) {
    references.findings.add("interchange/objective", objectiveAt, {
      message: "an objective of a thresholdMetric needs op and value",
      fix: "add what the value is compared with, such as op: lte and value: 0.3",
    });
    return undefined;
  }
  return of && { kind: "threshold", of, is: IS[objective.op], value: objective.value };
}

function queryOf(
  { metric, at }: { metric: OpenMetric; at: At },
  { sources, findings }: References,
): ForeignQuery | undefined {
  const { metricSourceRef, type, spec } = metric.metricSource;
  const source =
    type ?? (metricSourceRef === undefined ? undefined : sources.get(metricSourceRef)?.value.spec.type);
  if (source === undefined) {
    const what =
      metricSourceRef === undefined
        ? "nothing says what kind of data source is asked"
        : `there is no DataSource "${metricSourceRef}" in the files`;
    findings.add("interchange/reference", at("metricSource"), {
      message: what,
      fix: "write type: Prometheus, or name the file with the DataSource too",
    });
  } else if (!/^prometheus$/i.test(source)) {
    findings.add("interchange/source", at("metricSource"), {
      message: `the data source is ${source}, and only Prometheus is asked here`,
      fix: "write the query in PromQL",
    });
  } else if (typeof spec.query !== "string") {
    findings.add("interchange/query", at("metricSource", "spec"), {
      message: "the data source is given no query",
      fix: 'add query: "…" in PromQL',
    });
  } else return { text: withWindow(spec.query), location: at("metricSource", "spec", "query") };
  return undefined;
}

/**
 * Queries that look back over `$window`. OpenSLO does not say how a query names it: one fixed range that all of them share stands
 * for it, and a counter is counted over it.
 */
function overWindow(queries: readonly string[], counter: boolean): string[] {
  if (queries.some((query) => query.includes("$window"))) return [...queries];
  const ranges = new Set(queries.flatMap((query) => query.match(/\[[0-9a-z]+\]/g) ?? []));
  if (ranges.size === 1) return queries.map((query) => query.replace(/\[[0-9a-z]+\]/g, "[$window]"));
  if (ranges.size > 1 || !counter) return [...queries];
  return queries.map((query) => {
    const { selectors } = inspectPromql(query);
    return selectors
      .toReversed()
      .reduce(
        (text, { from, to }) =>
          `${text.slice(0, from)}increase(${text.slice(from, to)}[$window])${text.slice(to)}`,
        query,
      );
  });
}
