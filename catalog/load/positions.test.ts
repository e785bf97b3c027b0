import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Location } from "../../problems/problem.ts";
import { type LoadedCatalog, loadCatalog } from "./index.ts";

const fixtures = fileURLToPath(new URL("./fixtures", import.meta.url));
const near = "near";

let root: string;
let catalog: LoadedCatalog;
let shop: object;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "fairlead-positions-"));
  await cp(path.join(fixtures, "positions"), root, { recursive: true });
  catalog = await loadCatalog(root, { fairleadEntry: path.join(fixtures, "fairlead.ts") });
  shop = catalog.platforms[0]?.value as object;
});
afterAll(() => rm(root, { recursive: true }));

test("the catalog of these tests loads without a problem", () => {
  expect(catalog.problems).toEqual([]);
  expect(catalog.platforms.map(({ name, file }) => [name, file])).toEqual([
    ["shop", "catalog/platforms/shop/index.ts"],
  ]);
});

function keys(dotted: string): (string | number)[] {
  return dotted.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
}

/** The place as the tables below write it: file, line and column, and `length` characters from there. */
async function seen(location: Location | undefined, length: number) {
  if (!location) return undefined;
  const { file, line, column, exact } = location;
  const text = (await readFile(path.join(root, file), "utf8")).split("\n")[line - 1]?.slice(column - 1);
  const short = file.replace(/^catalog\/(platforms\/shop\/)?/, "");
  return [`${short}:${line}:${column}`, text?.slice(0, length), ...(exact ? [] : [near])];
}

describe("the value", () => {
  // By hand: every row was read against the file that it names.
  test.each([
    ["name", "index.ts:14:9", '"shop"'],
    ["title", "blocks/names.ts:4:22", '"Shop"'],
    ["owner", "blocks/index.ts:6:21", '"payments"'],
    ["description", "texts.ts:4:28", '`An orchestrator for ${"orders"}`'],
    ["emoji", "index.ts:18:10", '"🙂🙂"'],
    ["afterEmoji", "index.ts:18:41", '"café"'],
    ["tabbed.deep", "index.ts:19:18", '"tab"'],
    ["replicas", "index.ts:20:13", "-3"],
    ["period", "index.ts:21:11", "60"],
    ["flag", "index.ts:22:9", "!0"],
    ["nothing", "index.ts:23:12", "null"],
    ["quoted key", "index.ts:24:17", "1"],
    ["computedKey", "index.ts:25:25", '"c"'],
    ["Shop", "index.ts:26:12", '"under a constant"'],
    ["method", "index.ts:27:3", "method()"],
    ["handler", "index.ts:28:12", "(x:"],
    ["pattern", "index.ts:29:12", "/a+/u"],
    ["parts.0.metrics", "metrics.ts:10:38", "{"],
    ["parts.0.metrics.orders_total", "metrics.ts:11:17", "{"],
    ["parts.0.metrics.orders_total.type", "metrics.ts:8:22", '"counter"'],
    ["parts.0.metrics.orders_total.help", "metrics.ts:11:34", '"Orders"'],
    ["parts.0.metrics.orders_total.labels.route", "metrics.ts:6:25", '"the route"'],
    ["parts.0.metrics.errors_total.unit", "metrics.ts:12:34", '"errors"'],
    ["parts.0.metrics.errors_total.labels.code", "metrics.ts:12:71", '"the status"'],
    ["parts.0.metrics.errors_total.labels.route", "metrics.ts:6:25", '"the route"'],
    ["parts.0.metrics.queue.type", "metrics.ts:8:22", '"counter"'],
    ["parts.0.metrics.late.type", "metrics.ts:14:31", '"histogram"'],
    ["parts.0.metrics.late.unit", "metrics.ts:14:23", "{", near],
    ["parts.0.metrics.buckets.1", "metrics.ts:15:18", "0.5"],
    ["parts.0.metrics.buckets.3", "metrics.ts:15:30", "2.5]"],
    ["parts.0.metrics.buckets.4", "metrics.ts:15:39", "new", near],
    ["parts.0.metrics.buckets.5", "metrics.ts:15:53", "10]"],
    ["parts.0.metrics.cloned.type", "metrics.ts:16:11", "structuredClone({", near],
    ["parts.0.metrics.frozen.type", "metrics.ts:17:33", '"frozen"'],
    ["parts.1.slos.availability.objective", "blocks/index.ts:7:26", '"99.9%"'],
    ["parts.1.slos.availability.bad", "slos.ts:14:10", "`sum(rate(errors_total{${SELECTOR}}"],
    ["parts.1.slos.availability.total", "slos.ts:15:12", '"sum(rate(orders_total{"'],
    ["parts.1.slos.availability.joined", "slos.ts:16:13", '["sum("'],
    ["parts.1.slos.availability.lines", "slos.ts:19:12", "`first"],
    ["parts.1.slos.availability.windows.1", "slos.ts:21:21", '"1h"'],
    ["parts.1.slos.availability.computed", "slos.ts:22:15", "ratio(99", near],
    ["parts.1.slos.latency", "blocks/functions.ts:5:10", "{"],
    ["parts.1.slos.latency.name", "slos.ts:24:17", '"latency"'],
    ["parts.1.slos.latency.objective", "slos.ts:24:41", '"99%"'],
    ["parts.1.slos.latency.window", "slos.ts:24:56", '"30d"'],
    ["parts.1.slos.errors.window", "blocks/functions.ts:4:58", '"28d"'],
    ["parts.1.slos.latency.tiers.0.name", "blocks/functions.ts:5:53", "`${name}-page`"],
    ["parts.2.alerts.disk-full.name", "alerts.ts:7:16", '"disk-full"'],
    ["parts.2.alerts.queue-deep.name", "alerts.ts:7:29", '"queue-deep"'],
    ["parts.2.alerts.queue-deep.severity", "alerts.ts:12:72", '"warning"'],
    ["parts.2.alerts.api-down.when.above", "alerts.ts:13:39", "0.5"],
    ["parts.2.alerts.api-down.severity", "alerts.ts:13:44", '"critical"'],
    ["parts.2.alerts.api-down.summary", "blocks/functions.ts:12:12", "`${name} is above ${value}`"],
    ["parts.2.alerts.twice.severity", "alerts.ts:14:34", "(()", near],
    ["parts.2.alerts.added.severity", "alerts.ts:21:28", '"late"'],
    ["parts.2.alerts.note", "alerts.ts:11:3", "{", near],
    ["parts.3.generated.regions.0.zones.1", "generated.json:3:36", '"b"'],
    ["parts.4.extra.a", "index.ts:35:23", "1"],
    ["parts.5.extra.a", "index.ts:35:44", "2"],
    ["parts.6.last", "index.ts:36:13", "true"],
    ["parts.7.hard.regions.1.name", "generated.json:4:15", '"us\\n1"'],
    ["parts.7.hard.team.name", "hard.ts:7:44", '"late"'],
    ["parts.7.hard.both.0.name", "hard.ts:30:14", '"disk"'],
    ["parts.7.hard.both.0.severity", "hard.ts:13:37", '"warning"'],
    ["parts.7.hard.both.1.name", "hard.ts:10:20", "`${what}-page`"],
    ["parts.7.hard.both.1.severity", "hard.ts:10:57", '"critical"'],
    ["parts.7.hard.listed.1.size", "hard.ts:19:24", "2])"],
    ["parts.7.hard.window", "hard.ts:32:11", "new"],
    ["parts.7.hard.window.length", "hard.ts:32:11", "new", near],
    ["parts.7.hard.chosen", "hard.ts:33:37", '"yes"'],
    ["parts.7.hard.fallback", "hard.ts:34:37", '"fallback"'],
    ["parts.7.hard.member", "hard.ts:25:36", '"critical"'],
    ["parts.7.hard.indexed", "hard.ts:25:64", '"none"'],
    ["parts.7.hard.mapped.1.key", "hard.ts:37:23", '"b"'],
    ["parts.7.hard.trimmed", "hard.ts:39:12", "` x `", near],
    ["parts.7.hard.numbers.0.port", "hard.ts:40:57", "8070", near],
    ["parts.7.hard.generator.0", "hard.ts:41:18", "(function*", near],
    ["parts.7.hard.generator.2", "hard.ts:41:74", '"last"'],
    ["parts.7.hard.nested.0.0.0", "hard.ts:42:14", '"inner"'],
    ["parts.7.hard.doubled.1.what", "hard.ts:45:13", '"same"', near],
    ["parts.7.hard.key-1", "hard.ts:46:47", '"dynamic"'],
    ["parts.7.hard.recursive.label", "hard.ts:47:22", '"deep"'],
    ["parts.7.hard.assigned.size", "hard.ts:48:35", "1"],
    ["parts.7.hard.assigned.inner.size", "hard.ts:48:27", "{ size: 1 }", near],
  ])("%s is at %s", async (way, place, text, exactness?: string) => {
    const found = await seen(catalog.locate(shop, keys(way)), text.length);
    expect(found).toEqual([place, text, ...(exactness ? [exactness] : [])]);
  });
});

describe("the key", () => {
  test.each([
    ["name", "index.ts:14:3", "name:"],
    ["title", "index.ts:15:3", "title"],
    ["quoted key", "index.ts:24:3", '"quoted key"'],
    ["Shop", "index.ts:26:4", "title]:"],
    ["tabbed.deep", "index.ts:19:12", "deep:"],
    ["parts.0.metrics", "index.ts:31:7", "metrics"],
    ["parts.0.metrics.orders_total.type", "metrics.ts:8:16", "type:"],
    ["parts.0.metrics.errors_total.labels.code", "metrics.ts:12:65", "code:"],
    ["parts.1.slos.latency", "slos.ts:24:3", "latency:"],
    ["parts.1.slos.latency.window", "blocks/functions.ts:5:29", "window"],
    ["parts.2.alerts.api-down", "alerts.ts:13:5", '"api-down"'],
    ["parts.2.alerts.disk-full", "alerts.ts:12:54", "{", near],
    ["parts.3.generated.regions.0.name", "generated.json:3:7", '"name"'],
    ["parts.2.alerts.note", "alerts.ts:11:3", "{", near],
  ])("%s is at %s", async (way, place, text, exactness?: string) => {
    const found = await seen(catalog.locateKey(shop, keys(way)), text.length);
    expect(found).toEqual([place, text, ...(exactness ? [exactness] : [])]);
  });
});

describe("what is missing is shown at what is around it", () => {
  test.each([
    ["nowhere", "index.ts:13:33", "{"],
    ["parts.1.slos.availability.summary", "slos.ts:12:17", "{"],
    ["parts.1.slos.availability.sli.bad.metric", "slos.ts:12:17", "{"],
    ["parts.1.slos.latency.runbook", "blocks/functions.ts:5:10", "{"],
    ["name.first", "index.ts:14:9", '"shop"'],
    ["parts.99", "index.ts:30:10", "["],
  ])("%s is at %s", async (way, place, text) => {
    expect(await seen(catalog.locate(shop, keys(way)), text.length)).toEqual([place, text]);
  });
});

describe("a character inside a string", () => {
  const availability = "parts.1.slos.availability";
  test.each([
    [`${availability}.bad`, "sum", "slos.ts:14:11", "sum(rate("],
    [`${availability}.bad`, "errors_total", "slos.ts:14:20", "errors_total{$"],
    [`${availability}.bad`, "route", "slos.ts:8:31", "route=~"],
    [`${availability}.bad`, 'd"}[', "slos.ts:8:48", `d"';`],
    [`${availability}.bad`, "5m", "slos.ts:14:48", "fast}", near],
    [`${availability}.bad`, "]))", "slos.ts:14:53", "]))`,"],
    [`${availability}.total`, "orders_total", "slos.ts:15:22", "orders_total{"],
    [`${availability}.total`, "shop", "slos.ts:8:24", 'shop", route'],
    [`${availability}.total`, "[5m]", "slos.ts:15:52", "[5m]))"],
    [`${availability}.joined`, "rate", "slos.ts:16:25", "rate(orders_total"],
    [`${availability}.joined`, "\n)", "slos.ts:16:60", '"\\n"', near],
    [`${availability}.escaped`, "b", "slos.ts:17:18", "b\\u{1F642}"],
    [`${availability}.escaped`, "cA", "slos.ts:17:28", "c\\x41"],
    [`${availability}.escaped`, "d", "slos.ts:18:1", 'd",'],
    [`${availability}.lines`, "second", "slos.ts:20:7", "second ${"],
    [`${availability}.lines`, "third", "slos.ts:20:23", "third`"],
    [`${availability}.computed`, "9%", "slos.ts:22:15", "ratio(", near],
    ["parts.7.hard.both.1.name", "-page", "hard.ts:10:28", "-page`"],
    ["parts.7.hard.both.1.name", "disk", "hard.ts:30:15", "disk"],
    ["parts.7.hard.regions.1.name", "1", "generated.json:4:20", '1"'],
    ["afterEmoji", "fé", "index.ts:18:44", "fé"],
  ])("%s, at %j, is at %s", async (way, text, place, source, exactness?: string) => {
    const value = keys(way).reduce<unknown>(
      (at, key) => (at as Record<string, unknown>)[key],
      shop,
    ) as string;
    const location = catalog.locateInside(shop, keys(way), value.indexOf(text));
    expect(await seen(location, source.length)).toEqual([place, source, ...(exactness ? [exactness] : [])]);
  });

  test("the end of the input is where its quotes close", async () => {
    const value = (shop as { afterEmoji: string }).afterEmoji;
    const location = catalog.locateInside(shop, ["afterEmoji"], value.length);
    expect(await seen(location, 2)).toEqual(["index.ts:18:46", '",']);
  });

  test("an offset outside of the string is the string, not exactly", async () => {
    expect(await seen(catalog.locateInside(shop, ["name"], 99), 6)).toEqual([
      "index.ts:14:9",
      '"shop"',
      near,
    ]);
  });

  test("what is no string is shown as a whole", async () => {
    expect(await seen(catalog.locateInside(shop, ["replicas"], 1), 2)).toEqual(["index.ts:20:13", "-3"]);
  });
});

test("a value can be located from an object inside the catalog", async () => {
  const { slos } = (shop as { parts: { slos: object }[] }).parts[1] as { slos: object };
  expect(await seen(catalog.locate(slos, ["latency", "objective"]), 5)).toEqual(["slos.ts:24:41", '"99%"']);
  expect(await seen(catalog.locateCall(slos), 10)).toEqual(["slos.ts:11:21", "defineSlos", near]);
});

test("an object that is not of the catalog has no place", () => {
  expect(catalog.locate({ name: "shop" }, ["name"])).toBeUndefined();
  expect(catalog.locateCall({})).toBeUndefined();
});

test("a getter is shown where it is written, and not run", async () => {
  expect(await seen(catalog.locate(shop, keys("parts.2.alerts.lazy.severity")), 4)).toEqual([
    "alerts.ts:15:9",
    "lazy",
    near,
  ]);
});
