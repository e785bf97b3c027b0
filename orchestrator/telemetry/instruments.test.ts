import { describe, expect, test } from "vitest";
import { compareExposed } from "../../checks/scrape/compare.ts";
import { readExposition } from "../../checks/scrape/exposition.ts";
import type { Metric, Service } from "../../model/model.ts";
import { createInstruments } from "./instruments.ts";

const origin = { platform: "shop", path: [], label: "metrics.x" };
const metric = (name: string, changes: Partial<Metric>): Metric => ({
  ...{ name, type: "counter", class: "business", unit: "count", help: `Help of ${name}.`, meets: [], origin },
  ...{ services: ["api"], labels: {}, native: false, series: [name] },
  ...changes,
});
const metrics = [
  metric("orders_total", { labels: { outcome: ["paid", "refused"], channel: ["web", "shop"] } }),
  metric("orders_by_customer_total", { labels: { customer: { atMost: 50 } } }),
  metric("order_seconds", {
    type: "histogram",
    unit: "seconds",
    buckets: [0.1, 1],
    labels: { outcome: ["paid", "refused"] },
  }),
  metric("queue_orders", { type: "gauge", labels: { priority: ["high", "low"] } }),
  metric("another_service_total", { services: ["web"] }),
  metric("native_seconds", { type: "histogram", native: true }),
];

function ofApi() {
  const misuses: string[] = [];
  const on = createInstruments(metrics, { service: "api", onMisuse: (message) => misuses.push(message) });
  on.observe("queue_orders", () => [
    { labels: { priority: "high" }, value: 3 },
    { labels: { priority: "low" }, value: 0 },
  ]);
  return { on, misuses };
}

describe("instruments made from declarations", () => {
  test("a service's exposition differs in nothing from what is declared of it, before anything has happened", async () => {
    const { on } = ofApi();
    on.add("orders_by_customer_total", { customer: "c1" }, 0);
    const families = readExposition(await on.exposition());
    expect(
      compareExposed(families, { service: { name: "api", origin } as Partial<Service> as Service, metrics }),
    ).toEqual([]);
    expect([...families.keys()].sort()).toEqual([
      "order_seconds",
      "orders_by_customer_total",
      "orders_total",
      "queue_orders",
    ]);
  });

  test("counters stand at 0 for every combination of declared values", async () => {
    const { on } = ofApi();
    on.add("orders_total", { outcome: "paid", channel: "web" });
    const lines = (await on.exposition()).split("\n").filter((line) => line.startsWith("orders_total{"));
    expect(lines.sort()).toEqual([
      'orders_total{outcome="paid",channel="shop"} 0',
      'orders_total{outcome="paid",channel="web"} 1',
      'orders_total{outcome="refused",channel="shop"} 0',
      'orders_total{outcome="refused",channel="web"} 0',
    ]);
  });

  test("a histogram has the declared buckets, and an empty series for each value that nothing was counted for", async () => {
    const { on } = ofApi();
    on.record("order_seconds", { outcome: "paid" }, 0.5);
    const lines = (await on.exposition()).split("\n").filter((line) => line.startsWith("order_seconds_"));
    expect(lines).toEqual([
      'order_seconds_count{outcome="paid"} 1',
      'order_seconds_sum{outcome="paid"} 0.5',
      'order_seconds_bucket{outcome="paid",le="0.1"} 0',
      'order_seconds_bucket{outcome="paid",le="1"} 1',
      'order_seconds_bucket{outcome="paid",le="+Inf"} 1',
      'order_seconds_count{outcome="refused"} 0',
      'order_seconds_sum{outcome="refused"} 0',
      'order_seconds_bucket{outcome="refused",le="0.1"} 0',
      'order_seconds_bucket{outcome="refused",le="1"} 0',
      'order_seconds_bucket{outcome="refused",le="+Inf"} 0',
    ]);
  });

  test("a gauge's series ends when it is not read any more", async () => {
    const on = createInstruments(metrics, { service: "api", onMisuse: () => undefined });
    let open = ["high", "low"];
    on.observe("queue_orders", () => open.map((priority) => ({ labels: { priority }, value: 1 })));
    expect(await on.exposition()).toContain('queue_orders{priority="low"} 1');
    open = ["high"];
    expect(await on.exposition()).not.toContain('priority="low"');
  });

  test("what cannot be read, or not in time, is left out of a scrape, and told; the rest is there, and it is not begun anew", async () => {
    const unread: string[] = [];
    const options = { onMisuse: () => undefined, onUnread: (error: Error) => unread.push(error.message) };
    const on = createInstruments(metrics, { service: "api", ...options });
    let begun = 0;
    on.observeTogether(async () => {
      throw new Error("the database does not answer");
    });
    on.observe("queue_orders", () => {
      begun += 1;
      return new Promise(() => undefined);
    });
    on.add("orders_total", { outcome: "paid", channel: "web" });
    for (let scrape = 0; scrape < 2; scrape++) {
      const text = await on.exposition();
      expect(text).toContain('orders_total{outcome="paid",channel="web"} 1');
      expect(text).not.toMatch(/^queue_orders\{/m);
    }
    expect(begun).toBe(1);
    expect(unread).toHaveLength(4);
    expect(unread).toContain("the database does not answer");
  });

  test("what is not declared is dropped and told, and the service goes on", async () => {
    const { on, misuses } = ofApi();
    on.add("orders_total", { outcome: "stolen", channel: "web" });
    on.add("orders_total", { outcome: "paid" });
    on.add("orders_total", { outcome: "paid", channel: "web", who: "me" });
    on.add("another_service_total", {});
    expect(misuses).toEqual([
      'orders_total has no value "stolen" of outcome',
      "orders_total lacks channel",
      "orders_total has no label who",
      "another_service_total is not declared for api",
    ]);
    expect(await on.exposition()).not.toMatch(/stolen|who=|another/);
  });

  test("text of a label cannot break out of its line", async () => {
    const { on } = ofApi();
    const customer = 'x"} 1\nforged_total 9 \\';
    on.add("orders_by_customer_total", { customer });
    const families = readExposition(await on.exposition());
    expect(families.has("forged_total")).toBe(false);
    expect(families.get("orders_by_customer_total")?.samples[0]?.labels).toEqual({ customer });
  });

  test("where nobody lists a label's values, the rest of them stands at 0 as soon as one is seen", async () => {
    const declared = metric("orders_by_shop_total", {
      labels: { shop: { atMost: 5 }, outcome: ["paid", "refused"] },
    });
    const on = createInstruments([declared], { service: "api", onMisuse: () => undefined });
    expect(await on.exposition()).toContain("# TYPE orders_by_shop_total counter");
    expect(await on.exposition()).not.toContain("shop=");
    on.add("orders_by_shop_total", { shop: "north", outcome: "paid" });
    expect((await on.exposition()).split("\n").filter((line) => line.includes("north"))).toEqual([
      'orders_by_shop_total{shop="north",outcome="paid"} 1',
      'orders_by_shop_total{shop="north",outcome="refused"} 0',
    ]);
  });

  test("what has no source has no series and says so, and what moves it all the same is told", async () => {
    const misuses: string[] = [];
    const on = createInstruments(metrics, {
      ...{ service: "api", onMisuse: (message: string) => misuses.push(message) },
      unsourced: [
        { because: "no queue yet", metrics: ["queue_orders"] },
        { because: "no shop yet", metrics: ["orders_total"], values: { label: "channel", of: ["shop"] } },
      ],
    });
    on.observe("queue_orders", () => [{ labels: { priority: "high" }, value: 3 }]);
    on.add("orders_by_customer_total", { customer: "c1" });
    on.add("orders_total", { outcome: "paid", channel: "shop" });
    on.add("queue_orders", { priority: "high" });
    expect(misuses).toEqual([
      'orders_total has no value "shop" of channel',
      "queue_orders is said to have no source",
    ]);
    const families = readExposition(await on.exposition());
    expect(families.get("queue_orders")?.samples).toEqual([]);
    expect(families.get("orders_total")?.samples.map(({ labels }) => labels.channel)).toEqual(["web", "web"]);
    const service = { name: "api", origin } as Partial<Service> as Service;
    expect(
      compareExposed(families, { service, metrics }).map(({ severity, message }) => [severity, message]),
    ).toEqual([
      ["info", 'orders_total of service "api" is not measured for channel "shop": no shop yet'],
      ["info", 'queue_orders of service "api" is not measured: no queue yet'],
    ]);
  });
});
