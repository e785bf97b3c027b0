import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";

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

/** Where it runs: its program, a folder of its own with its blocks in `data/`, and what ends it. */
interface Home {
  path: string;
  folder: string;
  signal?: AbortSignal | undefined;
}

// Old samples are wanted here, and names as they are: "slo:sli_error:ratio_rate5m" would lose its colons.
const CONFIGURATION =
  "storage: { tsdb: { out_of_order_time_window: 3650d } }\notlp: { translation_strategy: NoTranslation }\n";
// It takes less than a second; a crowded machine has other things to do.
const SECONDS_TO_START = 60;

/** Starts a Prometheus on a free port of the loopback interface, calls `work`, and ends it again, whatever happens. */
export async function withPrometheus<T>(
  { path, folder, signal }: Home,
  work: (prometheus: Prometheus) => Promise<T>,
): Promise<T> {
  await writeFile(join(folder, "prometheus.yaml"), CONFIGURATION);
  const server = execa(
    path,
    [
      "--config.file=prometheus.yaml",
      "--storage.tsdb.path=data",
      // By age, counted from the newest block: nothing is to be removed.
      "--storage.tsdb.retention.time=10y",
      "--web.listen-address=127.0.0.1:0",
      "--web.enable-otlp-receiver",
    ],
    {
      cwd: folder,
      env: { HOME: folder },
      reject: false,
      stdin: "ignore",
      stdout: "ignore",
      forceKillAfterDelay: 5000,
      ...(signal && { cancelSignal: signal }),
    },
  );
  try {
    const said: string[] = [];
    const address = await new Promise<string>((resolve, reject) => {
      const tooLong = setTimeout(
        () => reject(new Error(`Prometheus did not start within ${SECONDS_TO_START} s`)),
        SECONDS_TO_START * 1000,
      );
      server.stderr.on("data", (chunk: Buffer) => {
        said.push(String(chunk));
        const found = /Listening on".*?address=(127\.0\.0\.1:\d+)/.exec(said.join(""))?.[1];
        if (found !== undefined) resolve(found);
      });
      void server.then(({ signal: killed, exitCode }) =>
        reject(new Error(`Prometheus ended with ${killed ?? exitCode}: ${said.join("").slice(-500)}`)),
      );
      server.finally(() => clearTimeout(tooLong));
    });
    await ready(address, signal);
    return await work(clientOf(address, signal));
  } finally {
    server.kill();
    await server;
  }
}

async function ready(address: string, signal: AbortSignal | undefined): Promise<void> {
  const until = Date.now() + SECONDS_TO_START * 1000;
  while (Date.now() < until) {
    signal?.throwIfAborted();
    const answer = await fetch(`http://${address}/-/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Prometheus was not ready within ${SECONDS_TO_START} s`);
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
