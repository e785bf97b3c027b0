import { type Prometheus, QueryError } from "../../live/prometheus.ts";
import { eventCounts } from "../../model/alerting/error-ratio.ts";
import type { Slo } from "../../model/model.ts";
import { promqlString } from "../../model/selection.ts";
import { type Unsourced, whyUnsourced } from "../../orchestrator/telemetry/unsourced.ts";
import type { Course, Share, SloVerdict } from "./result.ts";

/** A run, as it is looked at afterwards. */
export interface Window {
  platform: string;
  from: Date;
  to: Date;
  /** Metrics that the service declares and nothing in it moves, with the reason. */
  unsourced: readonly Unsourced[];
}

/** What Prometheus has of a run. */
export interface Measured {
  courses: Course[];
  /** Shares of what the service has, and of its answers' time. */
  saturation: Share[];
  time: Share[];
  samplingOverhead: number | null;
  slos: SloVerdict[];
}

/** Asks Prometheus about a run. What the platform does not measure is absent. Throws an UnreachableError when Prometheus is not there. */
export async function measure(
  prometheus: Prometheus,
  window: Window,
  slos: readonly Slo[],
): Promise<Measured> {
  const asked: Asked = { prometheus, ...window };
  const courses = await Promise.all(coursesOf(window.platform).map((one) => courseOf(asked, one)));
  return {
    courses: courses.filter(({ points }) => points.length > 0),
    saturation: await saturationOf(asked),
    time: await timeOf(asked),
    samplingOverhead: (await value(asked, `max(${over(asked, "scrape_duration_seconds")})`)) ?? null,
    slos: await Promise.all(slos.map((slo) => verdictOf(asked, slo))),
  };
}

interface Asked extends Window {
  prometheus: Prometheus;
}

interface Wanted {
  name: string;
  unit: string;
  query: string;
}

// Every service's metrics come from one process in the lab, so that the greatest of them is that process', and with several replicas
// that of the busiest.
function coursesOf(platform: string): Wanted[] {
  const of = (metric: string, more = "") => `${metric}{platform=${promqlString(platform)}${more}}`;
  const k6 = (share: number) =>
    `histogram_quantile(${share}, sum(rate(${of("k6_http_req_duration_seconds")}[5s])))`;
  return [
    { name: "answers", unit: "/s", query: `sum(rate(${of("k6_http_reqs_total")}[5s]))` },
    { name: "p50", unit: "s", query: k6(0.5) },
    { name: "p95", unit: "s", query: k6(0.95) },
    { name: "p99", unit: "s", query: k6(0.99) },
    { name: "processor", unit: "cores", query: `max(rate(${of("process_cpu_seconds_total")}[5s]))` },
    { name: "memory", unit: "B", query: `max(${of("process_resident_memory_bytes")})` },
    { name: "handles", unit: "", query: `max(${of("process_open_fds")})` },
    { name: "series", unit: "", query: `sum(${of("scrape_samples_scraped")})` },
    { name: "event loop delay", unit: "s", query: `max(${of("nodejs_eventloop_delay_p99_seconds")})` },
  ];
}

async function courseOf(asked: Asked, { name, unit, query }: Wanted): Promise<Course> {
  const seconds = secondsOf(asked);
  const steps = Math.max(10, Math.min(600, Math.floor(seconds)));
  const found = await asked.prometheus.history(query, asked.to, { seconds, steps }).catch(whenAnswered([]));
  const points = (found[0]?.samples ?? [])
    .filter(({ value }) => Number.isFinite(value))
    .map(({ at, value }): [number, number] => [at * 1000, value]);
  return { name, unit, points };
}

async function saturationOf(asked: Asked): Promise<Share[]> {
  const of = (metric: string, more = "") => scoped(asked, metric, more);
  const window = `[${Math.ceil(secondsOf(asked))}s]`;
  const processor = await value(asked, `max(rate(${of("process_cpu_seconds_total")}${window}))`);
  const loop = await value(asked, `max(avg_over_time(${of("nodejs_eventloop_utilization_ratio")}${window}))`);
  const used = of("db_client_connection_count", ',db_client_connection_state="used"');
  const pool = await value(
    asked,
    `max(avg_over_time(${used}${window}) / on (instance, job, db_client_connection_pool_name) max_over_time(${of("db_client_connection_max")}${window}))`,
  );
  return [
    ...share(
      processor,
      "processor of the orchestrator",
      (s) => `the orchestrator's thread used ${s} of a processor`,
    ),
    ...share(
      loop,
      "event loop of the orchestrator",
      (s) => `the orchestrator's event loop was busy ${s} of the time`,
    ),
    ...share(pool, "database pool", (s) => `${s} of the database connections were in use`),
  ];
}

// Time in the database and time spent waiting for a connection, as shares of the time that requests took.
async function timeOf(asked: Asked): Promise<Share[]> {
  const window = `[${Math.ceil(secondsOf(asked))}s]`;
  const rate = (metric: string) => `max(sum by (instance, job) (rate(${scoped(asked, metric)}${window})))`;
  const requests = rate("http_server_request_duration_seconds_sum");
  const database = await value(
    asked,
    `${rate("db_client_operation_duration_seconds_sum")} / (${requests} > 0)`,
  );
  const waiting = await value(
    asked,
    `${rate("db_client_connection_wait_time_seconds_sum")} / (${requests} > 0)`,
  );
  return [
    ...share(
      database,
      "database time",
      (s) => `statements of the database (${s} as long as the answers, work in the background included)`,
    ),
    ...share(waiting, "pool waits", (s) => `waiting for a database connection (${s} as long as the answers)`),
  ];
}

async function verdictOf(asked: Asked, slo: Slo): Promise<SloVerdict> {
  const { name, title, objective } = slo;
  const { sli } = slo;
  const total = "total" in sli && typeof sli.total !== "string" ? sli.total.metric.name : "";
  const because = whyUnsourced({ metric: total, service: slo.service }, asked.unsourced);
  if (because !== undefined)
    return { slo: name, title, objective, good: null, events: null, verdict: "not measured", because };
  const counts = eventCounts(slo, `${Math.ceil(secondsOf(asked))}s`);
  const bad = counts && (await value(asked, `sum(${counts.bad})`));
  const events = counts && (await value(asked, `sum(${counts.total})`));
  if (!events || bad === undefined)
    return { slo: name, title, objective, good: null, events: events ?? null, verdict: "no events" };
  const good = 1 - bad / events;
  return { slo: name, title, objective, good, events, verdict: good >= objective ? "met" : "missed" };
}

async function value({ prometheus, to }: Asked, query: string): Promise<number | undefined> {
  const found = await prometheus.query(query, to).catch(whenAnswered([]));
  const number = found[0]?.samples[0]?.value;
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

// A query that Prometheus refuses has no answer; without Prometheus there is no measurement.
function whenAnswered<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (error instanceof QueryError) return instead;
    throw error;
  };
}

function share(found: number | undefined, resource: string, says: (share: string) => string): Share[] {
  if (found === undefined) return [];
  return [{ resource, share: found, says: says(`${(found * 100).toFixed(0)} %`) }];
}

function scoped({ platform }: Window, metric: string, more = ""): string {
  return `${metric}{platform=${promqlString(platform)}${more}}`;
}

function over(asked: Asked, metric: string): string {
  return `avg_over_time(${scoped(asked, metric)}[${Math.ceil(secondsOf(asked))}s])`;
}

function secondsOf({ from, to }: Window): number {
  return (to.getTime() - from.getTime()) / 1000;
}
