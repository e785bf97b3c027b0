import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Home, startPrometheus } from "./start-prometheus.ts";

/** One value of a query's answer: its labels and, as Prometheus writes numbers, its value; a histogram has none. */
export interface Sample {
  labels: Record<string, string>;
  value?: string;
}

/** A Prometheus that runs on this machine, for as long as the questions take. */
export interface Prometheus {
  /** The query's answer at a moment (Unix seconds). Throws an Error with what Prometheus says of a query that it refuses. */
  query(promql: string, at: number): Promise<Sample[]>;
  /** Values of a label among the series that a selector chooses, in the hour before a moment. */
  labelValues(label: string, selector: string, at: number): Promise<string[]>;
  /** Takes samples as an OTLP request in JSON. */
  receive(request: object): Promise<void>;
}

// Old samples are wanted here, and names as they are: "slo:sli_error:ratio_rate5m" would lose its colons.
const CONFIGURATION =
  "storage: { tsdb: { out_of_order_time_window: 3650d } }\notlp: { translation_strategy: NoTranslation }\n";

/** Starts a Prometheus on a free port of the loopback interface, calls `work`, and ends it again, whatever happens. */
export async function withPrometheus<T>(
  home: Home,
  work: (prometheus: Prometheus) => Promise<T>,
): Promise<T> {
  await writeFile(join(home.folder, "prometheus.yaml"), CONFIGURATION);
  const { address, end } = await startPrometheus(home, ["--web.enable-otlp-receiver"]);
  try {
    return await work(clientOf(address, home.signal));
  } finally {
    await end();
  }
}

function clientOf(address: string, signal: AbortSignal | undefined): Prometheus {
  const ask = async (path: string, parameters: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(`http://${address}/api/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(parameters),
      ...(signal && { signal }),
    });
    const said = (await answer.json()) as { status: string; data?: unknown; error?: string };
    if (said.status !== "success") throw new Error(said.error ?? `Prometheus answered ${answer.status}`);
    return said.data;
  };
  return {
    query: async (promql, at) => samplesOf(await ask("query", { query: promql, time: String(at) })),
    labelValues: async (label, selector, at) => {
      const asked = new URLSearchParams({
        "match[]": selector,
        start: String(at - 3600),
        end: String(at),
      });
      const answer = await fetch(`http://${address}/api/v1/label/${label}/values?${asked}`);
      const said = (await answer.json()) as { data?: string[]; error?: string };
      if (said.data === undefined) throw new Error(said.error ?? `Prometheus answered ${answer.status}`);
      return said.data;
    },
    receive: async (request) => {
      const answer = await fetch(`http://${address}/api/v1/otlp/v1/metrics`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(request),
        ...(signal && { signal }),
      });
      if (!answer.ok) throw new Error(`Prometheus does not take the samples: ${await answer.text()}`);
    },
  };
}

function samplesOf(data: unknown): Sample[] {
  const { resultType, result } = data as { resultType: string; result: unknown[] };
  if (resultType === "scalar") return [{ labels: {}, value: String(result[1]) }];
  return (result as { metric: Record<string, string>; value?: [number, string] }[]).map(
    ({ metric, value }) => ({
      labels: metric,
      ...(value && { value: value[1] }),
    }),
  );
}
