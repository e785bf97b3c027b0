import { z } from "zod";

/** A running Prometheus; every call ends within the time limit. Throws an UnreachableError or a QueryError, nothing else. */
export interface Prometheus {
  /** Value of each series at a time. */
  query(promql: string, at: Date): Promise<Series[]>;
  /** Values of each series over the seconds up to a time, at `steps` places. */
  history(promql: string, at: Date, over: { seconds: number; steps: number }): Promise<Series[]>;
  /** Alerting rules of a name, each with its alerts that are pending or firing. */
  alerts(alertname: string): Promise<AlertingRule[]>;
  /** The version that it says it is. */
  version(): Promise<string>;
}

/** A series and its samples; the metric's name is the label `__name__`. A scalar has no labels. */
export interface Series {
  labels: Record<string, string>;
  /** Seconds since 1970, and the value. */
  samples: { at: number; value: number }[];
}

export interface AlertingRule {
  labels: Record<string, string>;
  alerts: { labels: Record<string, string>; state: "pending" | "firing"; since: Date; value: number }[];
}

/** Prometheus did not answer, or something else answered. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Prometheus answered that the query is wrong, too large or too slow, or answered with warnings. */
export class QueryError extends Error {
  override readonly name = "QueryError";
}

// Go's strconv.FormatFloat; JavaScript would also take nothing at all, blanks and 0x0 for a number.
const number = z.string().regex(/^[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)$|^NaN$/);
const sample = z.tuple([z.number(), number]);
const labels = z.record(z.string(), z.string());
// https://prometheus.io/docs/prometheus/latest/querying/api/
const queried = z.discriminatedUnion("resultType", [
  z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: labels, value: sample.optional() })),
  }),
  z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: labels, values: z.array(sample).default([]) })),
  }),
  z.object({ resultType: z.literal("scalar"), result: sample }),
  z.object({ resultType: z.literal("string"), result: z.tuple([z.number(), z.string()]) }),
]);
const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          name: z.string(),
          labels: labels.default({}),
          alerts: z
            .array(
              z.object({
                labels,
                state: z.enum(["pending", "firing"]),
                activeAt: z.iso.datetime({ offset: true }),
                value: number,
              }),
            )
            .default([]),
        }),
      ),
    }),
  ),
});
const build = z.object({ version: z.string().min(1).max(100) });
const failed = z.object({ status: z.literal("error"), error: z.string() });

interface Connection {
  /** Time limit of one call; 5. */
  seconds?: number;
  /**
   * Takes an answer with warnings for one: for who wants to see what there is, such as of a query across stores of which one is down. Who
   * judges by it must not: without this, it is a QueryError.
   */
  partial?: boolean;
}

/** A client of the Prometheus at a base URL. */
export function connect(url: string, { seconds = 5, partial = false }: Connection = {}): Prometheus {
  const timeout = `${seconds}s`;
  const get: Get = async (path, schema, parameters) => {
    const base = url.replace(/\/+$/, "");
    const body = await answer(`${base}/api/v1/${path}?${new URLSearchParams(parameters)}`, seconds);
    const { data, warnings } = dataOf(body, schema);
    if (warnings.length > 0 && !partial)
      throw new QueryError(`the answer may not be whole: ${warnings.join("; ")}`);
    return data;
  };
  return {
    async query(query, at) {
      return seriesOf(await get("query", queried, { query, time: String(at.getTime() / 1000), timeout }));
    },
    async history(query, at, over) {
      const end = at.getTime() / 1000;
      const range = {
        start: String(end - over.seconds),
        end: String(end),
        step: String(over.seconds / over.steps),
      };
      return seriesOf(await get("query_range", queried, { query, ...range, timeout }));
    },
    async alerts(alertname) {
      const { groups } = await get("rules", rules, { type: "alert", "rule_name[]": alertname });
      const named = groups.flatMap((group) => group.rules).filter(({ name }) => name === alertname);
      return named.map(alertingRule);
    },
    async version() {
      return (await get("status/buildinfo", build, {})).version;
    },
  };
}

/** Asks an endpoint of the API; throws an UnreachableError or a QueryError. */
type Get = <T>(path: string, schema: z.ZodType<T>, parameters: Record<string, string>) => Promise<T>;

function dataOf<T>(body: unknown, schema: z.ZodType<T>): { data: T; warnings: string[] } {
  const error = failed.safeParse(body);
  if (error.success) throw new QueryError(error.data.error);
  const warnings = z.array(z.string()).default([]);
  const good = z.object({ status: z.literal("success"), data: schema, warnings }).safeParse(body);
  if (!good.success) throw new UnreachableError("what answers there is not a Prometheus");
  return good.data;
}

function alertingRule({
  labels,
  alerts,
}: z.output<typeof rules>["groups"][number]["rules"][number]): AlertingRule {
  return {
    labels,
    alerts: alerts.map(({ activeAt, value, ...alert }) => ({
      ...alert,
      since: new Date(activeAt),
      value: Number(value),
    })),
  };
}

async function answer(url: string, seconds: number): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000), redirect: "error" });
    return await response.json();
  } catch (error) {
    throw new UnreachableError(reasonOf(error, seconds));
  }
}

function reasonOf(error: unknown, seconds: number): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return `no answer within ${seconds} s`;
  if (error instanceof SyntaxError) return "what answers there is not a Prometheus";
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : String(error));
}

function seriesOf(data: z.output<typeof queried>): Series[] {
  const one = ([at, value]: [number, string]) => ({ at, value: Number(value.replace("Inf", "Infinity")) });
  switch (data.resultType) {
    case "vector":
      return data.result.map(({ metric, value }) => ({ labels: metric, samples: value ? [one(value)] : [] }));
    case "matrix":
      return data.result.map(({ metric, values }) => ({ labels: metric, samples: values.map(one) }));
    case "scalar":
      return [{ labels: {}, samples: [one(data.result)] }];
    case "string":
      return [{ labels: {}, samples: [{ at: data.result[0], value: Number.NaN }] }];
  }
}
