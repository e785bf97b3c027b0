// A drill: Prometheus and Alertmanager with what is generated, and a service that goes away.
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { definePlatform } from "fairlead";
import { expect, onTestFinished, test } from "vitest";
import { startAlertmanager } from "../tests/live-alertmanager.ts";
import { firingSince, livePrometheus, valuesOf } from "../tests/live-prometheus.ts";
import { modelOf } from "../tests/model-of.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { environments, shop } from "../tests/shop.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { alerts } from "./index.ts";

const local = { ...environments.local, pace: "drill" } as const;
const drill = definePlatform({
  ...shop,
  parts: shop.parts.map((part) => ({
    ...part,
    ...(part.environments && { environments: { local } }),
    ...(part.gates && { gates: {} }),
  })),
});
const FOLDER = "generated/alerts/shop/local";
const artifacts = alerts(modelOf([drill]));

test("a service that goes away is told within 5 s, and that it is back as well (WV-9)", async () => {
  const told = await notifiedServers();
  const service = await serveMetrics(0);
  const { port } = service.address() as AddressInfo;
  const folder = await temporaryFolder(artifacts);
  const alertmanager = await startAlertmanager(
    await temporaryFolder([
      {
        path: "a.yaml",
        content: contentOf("alertmanager.yaml").replaceAll("http://127.0.0.1:9095/", `${told.url}/webhook/`),
      },
    ]),
    "a.yaml",
  );
  const configuration = contentOf("prometheus.yaml")
    .replaceAll("127.0.0.1:9093", new URL(alertmanager).host)
    .replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`);
  await writeFile(join(folder, FOLDER, "prometheus.yaml"), configuration);
  const prometheus = await livePrometheus(join(folder, FOLDER));
  await expect.poll(() => valuesOf(prometheus, 'up{job="shop-api"}'), { timeout: 20_000 }).toEqual([1]);
  const heard = (status: string) =>
    told.webhooks.some(
      ({ path, message }) =>
        path === "pager" &&
        message.alerts.some((one) => one.status === status && one.labels.alertname === "ApiDown"),
    );

  // What fired before the first scrape is over.
  await expect
    .poll(async () => (await firingSince(prometheus)).has("ApiDown"), { timeout: 10_000 })
    .toBe(false);
  await expect.poll(() => !heard("firing") || heard("resolved"), { timeout: 10_000 }).toBe(true);
  told.webhooks.length = 0;
  await closed(service);
  await expect.poll(() => heard("firing"), { timeout: 5_000 }).toBe(true);
  await serveMetrics(port);
  await expect.poll(() => heard("resolved"), { timeout: 8_000 }).toBe(true);
}, 120_000);

test("the unit tests of all alerts hold at that pace too", async () => {
  const folder = await temporaryFolder(artifacts);
  const files = artifacts.map(({ path }) => path).filter((path) => path.includes("/tests/"));
  const { ok, said } = await promtool(["test", "rules", ...files], folder);
  expect(ok, said).toBe(true);
}, 120_000);

function contentOf(name: string): string {
  return artifacts.find(({ path }) => path === `${FOLDER}/${name}`)?.content ?? "";
}

async function serveMetrics(port: number): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader("content-type", "text/plain; version=0.0.4");
    response.end('shop_queue_depth{queue="a"} 1\n');
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  onTestFinished(() => closed(server));
  return server;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}
