// From a fault to who is told of it, with the platforms' own rules, scrapes and routes, at a drill's pace and at production's.
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Receivers } from "../lab/receivers.ts";
import type { Environment, Model } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { startAlertmanager } from "../tests/live-alertmanager.ts";
import { firingSince, livePrometheus, seenSince, valuesOf } from "../tests/live-prometheus.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { deployedFiles } from "./index.ts";

let model: Model;
beforeAll(async () => {
  ({ model } = await loadProject(rootFolder));
});

test("people are told within 30 s that the API got slow, at a drill's pace and at production's (AH-12)", async () => {
  const began = Date.now();
  let slowSince = Number.POSITIVE_INFINITY;
  // Forty requests a second.
  const count = (until: number) => Math.floor((until - began) / 25);
  const labels = 'http_route="/api/tasks",http_request_method="GET",http_response_status_code="200"';
  const port = await serveMetrics(() => {
    const all = count(Date.now());
    const name = "http_server_request_duration_seconds";
    const fast = `${name}_bucket{${labels},le="0.1"} ${Math.min(all, count(slowSince))}`;
    return `# TYPE ${name} histogram\n${fast}\n${name}_bucket{${labels},le="+Inf"} ${all}\n${name}_count{${labels}} ${all}\n${name}_sum{${labels}} ${all / 20}\n`;
  });
  const seen = { platform: "agenthive", port: 9470, servedAt: port };
  const [drill, usual] = [await watch("drill", seen), await watch("usual", seen)];
  const samples = 'min(count_over_time(http_server_request_duration_seconds_count{service="hive-api"}[20s]))';
  await expect.poll(() => valuesOf(usual.prometheus, `${samples} >= 3`), { timeout: 20_000 }).toHaveLength(1);
  for (const { told } of [drill, usual]) expect(heard(told, "ApiDegraded")).toBeUndefined();

  slowSince = Date.now();
  for (const { told } of [drill, usual])
    await expect
      .poll(() => heard(told, "ApiDegraded"), { timeout: 30_000 - (Date.now() - slowSince), interval: 100 })
      .toMatchObject({ status: "firing", labels: { platform: "agenthive", severity: "critical" } });
}, 100_000);

test("an alert fires less than 5 s after a scrape has seen the issue, and is told at once; in a drill less than 5 s after the issue itself (WV-9)", async () => {
  let isOpen = false;
  const port = await serveMetrics(() => `weathervane_breaker_open{breaker="file-io"} ${Number(isOpen)}\n`);
  const seen = { platform: "weathervane", port: 9464, servedAt: port };
  const [drill, usual] = [await watch("drill", seen), await watch("usual", seen)];
  for (const { prometheus, told } of [drill, usual]) {
    const open = () => valuesOf(prometheus, "weathervane_breaker_open");
    await expect.poll(open, { timeout: 15_000 }).toEqual([0]);
    expect(heard(told, "BreakerTripped")).toBeUndefined();
  }

  isOpen = true;
  const openedAt = Date.now();
  await expect
    .poll(() => heard(drill.told, "BreakerTripped"), { timeout: 5_000, interval: 50 })
    .toBeDefined();
  expect(Date.now() - openedAt).toBeLessThan(5_000);
  await expect
    .poll(() => heard(usual.told, "BreakerTripped"), { timeout: 15_000, interval: 50 })
    .toBeDefined();
  const toldAt = Date.now();
  const seenAt = await seenSince(usual.prometheus, "weathervane_breaker_open", 1);
  const firedAt = (await firingSince(usual.prometheus)).get("BreakerTripped") ?? Number.NaN;
  expect(firedAt - seenAt).toBeLessThan(5_000);
  expect(toldAt - firedAt).toBeLessThan(3_000);
}, 100_000);

interface Watched {
  prometheus: string;
  told: Receivers;
}

/** A platform's local environment at a pace, as generated but for addresses: one of its services answers at another port. */
async function watch(
  pace: Environment["pace"],
  { platform: name, port, servedAt }: { platform: string; port: number; servedAt: number },
): Promise<Watched> {
  const platform = model.platforms.find((one) => one.name === name);
  const local = platform?.environments.find((one) => one.name === "local");
  if (!platform || !local) throw new Error(`${name} has no local environment`);
  const files = deployedFiles({
    platforms: [{ ...platform, environments: [{ ...local, pace }] }],
    requirements: [],
  });
  const folder = await temporaryFolder(files);
  const at = `generated/alerts/${name}/local`;
  const contentOf = (file: string) => files.find(({ path }) => path === `${at}/${file}`)?.content ?? "";
  const told = await notifiedServers();
  const routes = contentOf("alertmanager.yaml").replaceAll("http://127.0.0.1:9095/", `${told.url}/webhook/`);
  await writeFile(join(folder, at, "alertmanager.yaml"), routes);
  const alertmanager = await startAlertmanager(folder, `${at}/alertmanager.yaml`);
  const scrapes = contentOf("prometheus.yaml")
    .replaceAll("127.0.0.1:9093", new URL(alertmanager).host)
    .replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${servedAt}`);
  await writeFile(join(folder, at, "prometheus.yaml"), scrapes);
  return { prometheus: await livePrometheus(join(folder, at)), told };
}

/** The first message of an alert that a receiver of its severity was sent; not the heartbeat. */
function heard({ webhooks }: Receivers, alertname: string) {
  return webhooks
    .filter(({ path }) => path === "pagerduty")
    .flatMap(({ message }) => message.alerts)
    .find(({ labels }) => labels.alertname === alertname);
}

/** A service's metrics; they end with the test. Gives the port. */
async function serveMetrics(text: () => string): Promise<number> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end(text());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
