import type { Nodes, Root } from "mdast";
import { type Prometheus, QueryError, type Series } from "./prometheus.ts";

/** What a Prometheus answered to a query of a page. */
export type Answer =
  | { query: string; series: AnsweredSeries[] }
  /** Prometheus refused the query, or it took too long. */
  | { query: string; error: string };

/** A series of an answer: its value now, and its values before, the newest last, at even distances. */
export interface AnsweredSeries {
  labels: Record<string, string>;
  now: number | undefined;
  before: (number | undefined)[];
}

/** How far back answers look, and at how many places. */
export const HISTORY = { seconds: 3 * 3600, steps: 36 } as const;

/** Every query that a page shows, in order, each once. */
export function queriesOf(page: Nodes | Root): string[] {
  const found = (node: Nodes): string[] => {
    if (node.type === "code") return node.lang === "promql" ? [node.value] : [];
    return "children" in node ? node.children.flatMap(found) : [];
  };
  return [...new Set(found(page))];
}

/**
 * Asks a Prometheus all queries at one time, three at once. A query that fails is an answer too; throws an UnreachableError when
 * Prometheus is not there.
 */
export async function ask(
  prometheus: Prometheus,
  queries: readonly string[],
  at: Date,
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const left = [...queries];
  const work = async (): Promise<void> => {
    for (let query = left.shift(); query !== undefined; query = left.shift())
      answers.set(query, await answerTo(prometheus, query, at));
  };
  await Promise.all([work(), work(), work()]);
  return answers;
}

async function answerTo(prometheus: Prometheus, query: string, at: Date): Promise<Answer> {
  try {
    const now = await prometheus.query(query, at);
    const before = await prometheus.history(query, at, HISTORY);
    return { query, series: together(now, before, at) };
  } catch (error) {
    if (error instanceof QueryError) return { query, error: error.message };
    throw error;
  }
}

/** The greatest first; a series that is gone by now comes last. */
function together(now: readonly Series[], before: readonly Series[], at: Date): AnsweredSeries[] {
  const all = new Map<string, AnsweredSeries>();
  const entry = ({ labels }: Series): AnsweredSeries => {
    const key = JSON.stringify(Object.entries(labels).sort());
    const known = all.get(key) ?? {
      labels,
      now: undefined,
      before: new Array(HISTORY.steps + 1).fill(undefined),
    };
    all.set(key, known);
    return known;
  };
  const start = at.getTime() / 1000 - HISTORY.seconds;
  for (const series of now) entry(series).now = series.samples[0]?.value;
  for (const series of before) {
    const { before: places } = entry(series);
    for (const { at: time, value } of series.samples)
      places[Math.round((time - start) / (HISTORY.seconds / HISTORY.steps))] = value;
  }
  const weight = (series: AnsweredSeries) => series.now ?? Number.NEGATIVE_INFINITY;
  return [...all.values()].sort((a, b) => weight(b) - weight(a) || 0);
}
