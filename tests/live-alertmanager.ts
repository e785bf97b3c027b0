// A real Alertmanager, for the length of one test.
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished } from "vitest";
import { freePort } from "../orchestrator/store/free-port.ts";
import { requireTool } from "../tools/find.ts";

/** An alert as Prometheus posts it. */
export interface PostedAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
}

/** An alert as Alertmanager tells it. */
export interface SeenAlert {
  labels: Record<string, string>;
  receivers: { name: string }[];
  status: { state: string; inhibitedBy: string[]; silencedBy: string[]; mutedBy: string[] };
}

/** Starts Alertmanager with a configuration file, its data beside it in `folder`; it ends with the test. Gives its address. */
export async function startAlertmanager(folder: string, configuration: string): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`;
  const child = execa(
    await requireTool("alertmanager"),
    [
      `--config.file=${join(folder, configuration)}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
      "--cluster.listen-address=",
    ],
    { reject: false, all: true, stdin: "ignore", timeout: 120_000 },
  );
  onTestFinished(async () => {
    child.kill();
    await child;
  });
  const url = `http://${address}`;
  const isReady = async () => (await fetch(`${url}/-/ready`).catch(() => undefined))?.ok ?? false;
  await expect.poll(isReady, { timeout: 15_000 }).toBe(true);
  return url;
}

/** Posts alerts, as Prometheus does. */
export async function postAlerts(url: string, alerts: readonly PostedAlert[]): Promise<void> {
  await post(`${url}/api/v2/alerts`, alerts);
}

/** Silences for an hour what all the labels are of; gives the silence's id. */
export async function silence(url: string, labels: Record<string, string>): Promise<string> {
  const matchers = Object.entries(labels).map(([name, value]) => ({
    name,
    value,
    isRegex: false,
    isEqual: true,
  }));
  const times = { startsAt: fromNow(0), endsAt: fromNow(3600) };
  const made = await post(`${url}/api/v2/silences`, {
    matchers,
    ...times,
    createdBy: "test",
    comment: "on it",
  });
  return ((await made.json()) as { silenceID: string }).silenceID;
}

/** Every alert that Alertmanager has. */
export async function seenAlerts(url: string): Promise<SeenAlert[]> {
  return (await (await fetch(`${url}/api/v2/alerts`)).json()) as SeenAlert[];
}

/** Names of the alerts that some route does not tell of just now, because of the time; sorted. */
export async function mutedAlerts(url: string): Promise<string[]> {
  const groups = (await (await fetch(`${url}/api/v2/alerts/groups`)).json()) as { alerts: SeenAlert[] }[];
  const muted = groups.flatMap(({ alerts }) => alerts).filter(({ status }) => status.mutedBy.length > 0);
  return [...new Set(muted.map(({ labels }) => labels.alertname ?? ""))].sort();
}

/** A moment so many seconds from now, as Alertmanager reads it. */
export function fromNow(seconds: number): string {
  return new Date(Date.now() + seconds * 1000).toISOString();
}

async function post(url: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  expect(response.status, url).toBe(200);
  return response;
}
