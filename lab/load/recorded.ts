import type { RunRecord } from "../../delivery/runs/run-record.ts";
import type { Prometheus, Series } from "../../live/prometheus.ts";

/** Questions to Prometheus and their answers, as a record keeps them. */
export type Queries = RunRecord["queries"];

/** A Prometheus that is asked as before, while `queries` keeps each question and its answer. */
export function recorded(prometheus: Prometheus, queries: Queries): Prometheus {
  const keep = async (about: Omit<Queries[number], "answer">, asking: Promise<Series[]>) => {
    try {
      const answer = await asking;
      queries.push({ ...about, answer: answer.map(plain) });
      return answer;
    } catch (error) {
      queries.push({ ...about, answer: { error: (error as Error).message } });
      throw error;
    }
  };
  return {
    ...prometheus,
    query: (query, at) => keep({ query, at: at.toISOString() }, prometheus.query(query, at)),
    history: (query, at, over) =>
      keep({ query, at: at.toISOString(), over }, prometheus.history(query, at, over)),
  };
}

// JSON has neither NaN nor infinity.
function plain({ labels, samples }: Series): Extract<Queries[number]["answer"], unknown[]>[number] {
  return {
    labels,
    samples: samples.map(({ at, value }) => ({ at, value: Number.isFinite(value) ? value : null })),
  };
}
