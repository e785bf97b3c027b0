import type { Prometheus } from "../../live/prometheus.ts";
import type { Thresholds } from "../../load-tests/thresholds.ts";
import { promqlString } from "../../model/selection.ts";
import { ProblemsError } from "../../problems/problem.ts";
import type { Summary } from "./result.ts";

/** One run of several k6 processes, as their samples stand in Prometheus. */
export interface SharedRun {
  prometheus: Prometheus;
  /** On each sample of the run, and on no other. */
  testId: string;
  from: Date;
  thresholds: Thresholds;
}

// k6 sends once a second, and once more when it ends.
const patienceMs = 15_000;
const everyMs = 250;

/**
 * What several k6 processes came to as one load. Counts, rates and percentiles are of all their samples, which Prometheus has by remote
 * write: of what each found out by itself neither a percentile nor a total can be judged. Percentiles come from native histograms, whose buckets
 * are 9 % wide. Throws a ProblemsError where Prometheus did not get all samples within 15 s.
 */
export async function together(run: SharedRun, alone: readonly Summary[]): Promise<Summary> {
  const sent = sum(alone, ({ requests }) => requests);
  const ask = await whenComplete(run, sent);
  const durationSeconds = Math.max(...alone.map((one) => one.durationSeconds));
  const percentile = (share: number) =>
    ask(queryOf("http_req_duration{expected_response:true}", `p(${share})`));
  const [p50, p95, p99] = await Promise.all([50, 95, 99].map(percentile));
  const errorRate = (await ask(queryOf("http_req_failed", "rate"))) ?? null;
  const seconds = (milliseconds: number | undefined) =>
    milliseconds === undefined ? null : milliseconds / 1000;
  const thresholds = await judge(run.thresholds, ask);
  return {
    ...{ baseUrl: alone[0]?.baseUrl ?? "", durationSeconds, requests: sent, errorRate, thresholds },
    ...{ throughput: sent / durationSeconds, passed: thresholds.every(({ ok }) => ok) },
    ...{ p50: seconds(p50), p95: seconds(p95), p99: seconds(p99) },
    iterations: (await ask(queryOf("iterations", "count"))) ?? 0,
    droppedIterations: (await ask(queryOf("dropped_iterations", "count"))) ?? 0,
  };
}

/** A query with `$run` for the labels of the run and `$window` for its time; nothing if there is no number. */
type Ask = (query: string) => Promise<number | undefined>;

async function whenComplete({ prometheus, testId, from }: SharedRun, sent: number): Promise<Ask> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const at = new Date();
    const window = `${Math.ceil((at.getTime() - from.getTime()) / 1000) + 1}s`;
    const ask: Ask = async (query) => {
      const filled = query.replaceAll("$run", `testid=${promqlString(testId)}`).replaceAll("$window", window);
      const value = (await prometheus.query(filled, at))[0]?.samples[0]?.value;
      return value !== undefined && Number.isFinite(value) ? value : undefined;
    };
    const arrived = (await ask(queryOf("http_reqs", "count"))) ?? 0;
    if (arrived === sent) return ask;
    if (Date.now() > until) throw new ProblemsError([lost(arrived, sent)]);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

async function judge(thresholds: Thresholds, ask: Ask): Promise<Summary["thresholds"]> {
  const all = Object.entries(thresholds).flatMap(([metric, wanted]) =>
    wanted.map((one) => ({ metric, threshold: typeof one === "string" ? one : one.threshold })),
  );
  return Promise.all(
    all.map(async ({ metric, threshold }) => {
      const [, statistic = "", operator = "", limit = ""] = /^(.*?)(<=|>=|<|>)(.*)$/.exec(threshold) ?? [];
      const value = await ask(queryOf(metric, statistic));
      return {
        ...{ metric, threshold, value: value ?? null },
        ok: value !== undefined && holds(value, operator, Number(limit)),
      };
    }),
  );
}

function holds(value: number, operator: string, limit: number): boolean {
  if (operator === "<=") return value <= limit;
  if (operator === ">=") return value >= limit;
  return operator === "<" ? value < limit : value > limit;
}

/**
 * PromQL of a k6 metric's statistic over all runners. Each run begins its own series, so that their last values are its totals. What k6 sends of
 * a rate tells no count; both rates of the generated script are those of its requests: each iteration sends one and checks its status.
 */
function queryOf(metric: string, statistic: string): string {
  const count = (name: string, more = "") =>
    `(sum(last_over_time(k6_${name}_total{$run${more}}[$window])) or vector(0))`;
  const load = ',group!="::setup"';
  if (statistic === "count") return count(metric);
  if (metric === "checks")
    return `${count("http_reqs", `${load},expected_response="true"`)} / ${count("http_reqs", load)}`;
  if (metric === "http_req_failed")
    return `${count("http_reqs", ',expected_response="false"')} / ${count("http_reqs")}`;
  const percent = /^p\((.*)\)$/.exec(statistic)?.[1];
  const answered = 'k6_http_req_duration_seconds{$run,expected_response="true"}';
  return `1000 * histogram_quantile(${Number(percent) / 100}, sum(last_over_time(${answered}[$window])))`;
}

function sum(all: readonly Summary[], of: (one: Summary) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function lost(arrived: number, sent: number) {
  return {
    rule: "lab/samples-lost",
    severity: "error",
    message: `the runners sent ${sent} requests, and Prometheus knows of ${arrived}: the load cannot be judged as one`,
    fix: "see in its log whether Prometheus takes remote writes (--web.enable-remote-write-receiver), and load less",
  } as const;
}
