// A drill: Prometheus and Alertmanager with what is generated, and a service that goes away.
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { definePlatform } from "fairlead";
import { expect, onTestFinished, test } from "vitest";
import { startAlertmanager } from "../tests/live-alertmanager.ts";
import { firingSince, livePrometheus, seenSince, valuesOf } from "../tests/live-prometheus.ts";
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
/** What is waited for comes within seconds; on a machine that does other things beside, later. */
const patience = 45_000;

/** Of an alert in a webhook's message. */
interface SentAlert {
  startsAt: string;
}

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
  await expect.poll(() => valuesOf(prometheus, 'up{job="shop-api"}'), { timeout: patience }).toEqual([1]);
  const messages = (status: string) =>
    told.webhooks
      .filter(({ path }) => path === "pager")
      .flatMap(({ message }) => message.alerts as (SentAlert & (typeof message.alerts)[number])[])
      .filter((one) => one.status === status && one.labels.alertname === "ApiDown");
  const heard = (status: string) => messages(status).length > 0;

  // What fired before the first scrape is over.
  await expect
    .poll(async () => (await firingSince(prometheus)).has("ApiDown"), { timeout: patience })
    .toBe(false);
  await expect.poll(() => !heard("firing") || heard("resolved"), { timeout: patience }).toBe(true);
  told.webhooks.length = 0;
  await closed(service);
  await expect.poll(() => heard("firing"), { timeout: patience }).toBe(true);
  // By the clock of scrapes and evaluations: how long a busy machine takes over them tells nothing of the pace.
  const gone = await seenSince(prometheus, 'up{job="shop-api"}', 0);
  expect(Date.parse(messages("firing")[0]?.startsAt ?? "") - gone).toBeLessThan(5_000);
  await serveMetrics(port);
  await expect.poll(() => heard("resolved"), { timeout: patience }).toBe(true);
});

test("the unit tests of all alerts hold at that pace too", async () => {
  const folder = await temporaryFolder(artifacts);
  const files = artifacts.map(({ path }) => path).filter((path) => path.includes("/tests/"));
  const { ok, said } = await promtool(["test", "rules", ...files], folder);
  expect(ok, said).toBe(true);
});

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
