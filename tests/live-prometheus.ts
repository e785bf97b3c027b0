// A real Prometheus, for the length of one test.
import { onTestFinished } from "vitest";
import { startPrometheus } from "../checks/panels/start-prometheus.ts";
import { requireTool } from "../tools/find.ts";

/** Starts Prometheus in a folder that holds its `prometheus.yaml`; it ends with the test. Gives its address when it is ready. */
export async function livePrometheus(folder: string): Promise<string> {
  const { address, end } = await startPrometheus({ path: await requireTool("prometheus"), folder });
  onTestFinished(end);
  return `http://${address}`;
}

type Sample = [seconds: number, value: string];

/** Values that a query gives now, in no order. */
export async function valuesOf(prometheus: string, query: string): Promise<number[]> {
  return (await ask<{ value: Sample }>(prometheus, query)).map(({ value }) => Number(value[1]));
}

/** When a scrape of the last minute first saw a value, in milliseconds since 1970; infinite: none did. */
export async function seenSince(prometheus: string, series: string, wanted: number): Promise<number> {
  const found = await ask<{ values: Sample[] }>(prometheus, `${series}[1m]`);
  const samples = found.flatMap(({ values }) => values).filter(([, value]) => Number(value) === wanted);
  return Math.min(...samples.map(([seconds]) => seconds * 1000));
}

async function ask<R>(prometheus: string, query: string): Promise<R[]> {
  const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  return ((await response.json()) as { data: { result: R[] } }).data.result;
}

/** Alerts that fire now, and since when their condition has held, in milliseconds since 1970. */
export async function firingSince(prometheus: string): Promise<Map<string, number>> {
  const response = await fetch(`${prometheus}/api/v1/alerts`);
  const { data } = (await response.json()) as {
    data: { alerts: { state: string; activeAt: string; labels: { alertname: string } }[] };
  };
  const firing = data.alerts.filter(({ state }) => state === "firing");
  return new Map(firing.map(({ labels, activeAt }) => [labels.alertname, Date.parse(activeAt)]));
}
