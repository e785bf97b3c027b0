// Against a real HTTP server with a real client library.
import { readFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { expect, onTestFinished, test } from "vitest";
import type { Model } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { told } from "./run-alone.ts";
import { RUNTIME_PREFIXES } from "./scrape/compare.ts";
import { checkScrape } from "./scrape.ts";

const model = modelOf([shop], policies);

/** Serves on a free port of the loopback interface until the test ends. */
async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
}

const exposing = (registry: Registry) =>
  served(async (_request, response) => {
    const text = await registry.metrics();
    response.setHeader("Content-Type", registry.contentType).end(text);
  });

const answering = (text: string, type = "text/plain; version=0.0.4") =>
  served((_request, response) => response.setHeader("Content-Type", type).end(text));

const checked = async (url: string, of: Model = model, service?: string) =>
  told(
    await checkScrape({
      url,
      model: of,
      locate: ({ path }) => ({ file: path.join("/"), line: 1, column: 1, exact: true }),
      ...(service && { service }),
    }),
  );

/** What the shop's API exposes, as it is declared, or with other options. */
function shopRegistry(other: Record<string, object> = {}): Registry {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  const orders = new Counter({
    ...{ name: "shop_orders_total", help: "Orders by outcome.", labelNames: ["outcome"], registers },
    ...other.orders,
  });
  for (const outcome of ["ok", "failed"]) orders.inc({ outcome }, 0);
  const duration = new Histogram({
    ...{
      name: "shop_request_duration_seconds",
      help: "Time to answer a request.",
      labelNames: ["route"],
      registers,
    },
    buckets: [0.1, 0.3, 1],
    ...other.duration,
  });
  for (const route of ["/orders", "/health"]) duration.zero({ route });
  const queue = new Gauge({
    name: "shop_queue_depth",
    help: "Orders that wait.",
    labelNames: ["queue"],
    registers,
  });
  queue.set({ queue: "returns" }, 3);
  for (const [name, help] of [
    ["shop_disk_free_bytes", "Free disk."],
    ["shop_disk_size_bytes", "Size of the disk."],
  ] as const)
    new Gauge({ name, help, registers }).set(1);
  new Counter({ name: "shop_double_charges_total", help: "Customers charged twice.", registers });
  return registry;
}

test("a service that exposes what is declared, and what its runtime brings along, has no problems", async () => {
  const registry = shopRegistry();
  collectDefaultMetrics({ register: registry });
  expect(await checked(await exposing(registry))).toBe("");
});

test("OpenMetrics is read as well", async () => {
  const registry = shopRegistry();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
  expect(await checked(await exposing(registry))).toBe("");
});

test("what is missing, too much, or has other labels, values, buckets, words and types is found where it is declared", async () => {
  const registry = shopRegistry({ duration: { buckets: [0.1, 0.5, 1], help: "Time." } });
  registry.removeSingleMetric("shop_orders_total");
  registry.removeSingleMetric("shop_disk_free_bytes");
  registry.removeSingleMetric("shop_disk_size_bytes");
  const registers = [registry];
  const orders = new Counter({
    ...{
      name: "shop_orders_total",
      help: "Orders by outcome.",
      labelNames: ["outcome", "customer"],
      registers,
    },
  });
  orders.inc({ outcome: "lost", customer: "4711" });
  new Counter({ name: "shop_disk_size_bytes", help: "Size of the disk.", registers });
  new Gauge({ name: "shop_odd", help: "Odd.", registers });
  const queue = registry.getSingleMetric("shop_queue_depth") as Gauge;
  for (let i = 0; i < 20; i += 1) queue.set({ queue: `q${i}` }, 1);
  expect(await checked(await exposing(registry))).toMatchInlineSnapshot(`
    "scrape/missing-metric at parts/0/metrics/shop_disk_free_bytes, metrics.shop_disk_free_bytes: service "api" does not expose shop_disk_free_bytes
    scrape/wrong-type at parts/0/metrics/shop_disk_size_bytes/type, metrics.shop_disk_size_bytes: shop_disk_size_bytes of service "api" is a counter, and declared as a gauge
    scrape/wrong-labels at parts/0/metrics/shop_orders_total/labels, metrics.shop_orders_total: shop_orders_total of service "api" has labels that are not declared: "customer"
    scrape/wrong-value at parts/0/metrics/shop_orders_total/labels/outcome, metrics.shop_orders_total: shop_orders_total of service "api" has values of label "outcome" that are not declared: "lost"
    scrape/missing-series at parts/0/metrics/shop_orders_total/labels/outcome, metrics.shop_orders_total: shop_orders_total of service "api" has no series for values of label "outcome": "ok", "failed"
    scrape/wrong-value at parts/0/metrics/shop_queue_depth/labels/queue, metrics.shop_queue_depth: shop_queue_depth of service "api" has 21 values of label "queue", and at most 10 are declared
    scrape/other-help at parts/0/metrics/shop_request_duration_seconds/help, metrics.shop_request_duration_seconds: shop_request_duration_seconds of service "api" says "Time.", and its declaration "Time to answer a request."
    scrape/wrong-buckets at parts/0/metrics/shop_request_duration_seconds/buckets, metrics.shop_request_duration_seconds: shop_request_duration_seconds of service "api" has buckets 0.1, 0.5, 1, and declared are 0.1, 0.3, 1
    scrape/undeclared-metric at parts/0/services/api, services.api: service "api" exposes shop_odd, which is not declared for it"
  `);
});

test("labels without any series, a missing label and another unit are found", async () => {
  const text = await shopRegistry().metrics();
  const changed = text
    .replace(/^shop_orders_total\{.*\n/gm, "")
    .replace(/\{queue="returns"\}/g, "")
    .replace(
      "# TYPE shop_disk_free_bytes gauge",
      "# TYPE shop_disk_free_bytes gauge\n# UNIT shop_disk_free_bytes kilobytes",
    );
  expect(await checked(await answering(changed))).toMatchInlineSnapshot(`
    "scrape/wrong-unit at parts/0/metrics/shop_disk_free_bytes/unit, metrics.shop_disk_free_bytes: shop_disk_free_bytes of service "api" is in kilobytes, and declared in bytes
    scrape/missing-series at parts/0/metrics/shop_orders_total, metrics.shop_orders_total: shop_orders_total of service "api" has no series
    scrape/wrong-labels at parts/0/metrics/shop_queue_depth/labels, metrics.shop_queue_depth: shop_queue_depth of service "api" lacks declared labels: "queue""
  `);
});

test("what cannot be read is one problem", async () => {
  const gone = await served((_request, response) => void response.writeHead(503).end());
  const found = [
    await checked(gone),
    await checked(await answering("<html></html>", "text/html")),
    await checked(await answering("ok 1\n<html>")),
    await checked("127.0.0.1:9"),
    await checked("http://127.0.0.1:9/metrics"),
  ].map((text) => text.replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS"));
  expect(found.join("\n")).toMatchInlineSnapshot(`
    "scrape/unreadable at ?, undefined: http://ADDRESS/metrics answers 503
    scrape/unreadable at ?, undefined: http://ADDRESS/metrics answers with content type "text/html", which Prometheus refuses
    scrape/unreadable at ?, undefined: http://ADDRESS/metrics cannot be read: line 2 is no metric: <html>
    scrape/unreadable at ?, undefined: ADDRESS is no http address
    scrape/unreadable at ?, undefined: http://ADDRESS/metrics cannot be read: fetch failed: bad port"
  `);
});

test("the service must be told where several expose metrics, and must exist", async () => {
  const url = await exposing(shopRegistry());
  expect(await checked(url, model, "api")).toBe("");
  await expect(checked(url, model, "apii")).rejects.toThrow('no service "apii"');
  // Without metrics of its own it has nothing to compare.
  await expect(checked(url, model, "store")).rejects.toThrow('no service "store"');
  const [one] = model.platforms;
  if (!one) throw new Error("no shop");
  const two = { ...model, platforms: [one, { ...one, name: "stall" }] };
  await expect(checked(url, two)).rejects.toThrow("which service");
  await expect(checked(url, two, "api")).rejects.toThrow("several platforms");
});

test("the page of undeclared metrics lists what is allowed", async () => {
  const page = await readFile(join(rootFolder, "docs/rules/scrape/undeclared-metric.md"), "utf8");
  for (const prefix of RUNTIME_PREFIXES) expect(page).toContain(`\`${prefix}\``);
});
