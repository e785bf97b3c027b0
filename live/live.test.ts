// Against a real Prometheus: what it answers, and how a page shows it.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Root, RootContent } from "mdast";
import { afterAll, beforeAll, expect, test } from "vitest";
import { terminalText } from "../runbooks/terminal.ts";
import { ask, queriesOf } from "./answers.ts";
import { type Backfilled, backfilled } from "./fixtures/backfilled.ts";
import { stateOf, withLive } from "./page.ts";
import { connect, type Prometheus, QueryError, UnreachableError } from "./prometheus.ts";

const END = Date.UTC(2026, 2, 1, 2) / 1000;
const at = new Date(END * 1000);

let server: Backfilled;
let prometheus: Prometheus;

beforeAll(async () => {
  // Three hours: a queue that grows from 0 to 180, and another, with a hostile name, that stays at 7.
  const minutes = Array.from({ length: 181 }, (_, minute) => minute);
  const series = (queue: string, value: (minute: number) => number) =>
    minutes.map((minute) => `shop_queue{queue="${queue}"} ${value(minute)} ${END - 10_800 + minute * 60}`);
  const history = [
    "# TYPE shop_queue gauge",
    ...series("orders", (minute) => minute),
    ...series("\u001b[31mred\u202e", () => 7),
    "# EOF\n",
  ].join("\n");
  const rules = [
    "groups:",
    "  - name: shop",
    "    rules:",
    "      - { alert: AlwaysOn, expr: vector(3), labels: { platform: shop, environment: prod } }",
    "      - { alert: AlwaysOn, expr: vector(0) > 1, labels: { platform: books, environment: prod } }",
    "      - { alert: Waiting, expr: vector(1), for: 1h, labels: { platform: shop } }\n",
  ].join("\n");
  server = await backfilled(history, rules);
  prometheus = connect(server.url);
});
afterAll(() => server?.end());

const step = (query: string): RootContent => ({ type: "code", lang: "promql", value: query });
const page = (...queries: string[]): Root => ({
  type: "root",
  children: [
    { type: "heading", depth: 1, children: [{ type: "text", value: "QueueDeep" }] },
    ...queries.map(step),
  ],
});

async function shown(...queries: string[]): Promise<string[]> {
  const tree = page(...queries);
  const answers = await ask(prometheus, queriesOf(tree), at);
  return terminalText(withLive(tree, { answers, at }), { width: 100, color: false })
    .split("\n")
    .map((line) => line.trim());
}

test("a query's series are shown with their value, a curve and the range of three hours, the greatest first", async () => {
  const lines = await shown("max by (queue) (shop_queue)");
  const [first, second] = lines.filter((line) => line.startsWith("→"));
  expect(first).toMatch(/^→ queue=orders +180 {2}▁▁.*▄▄.*██ {2}0 … 180 in 3 h$/);
  expect(second).toMatch(/^→ queue=.* 7 {2}▄{37} {2}7 … 7 in 3 h$/);
});

test("nothing that Prometheus answers reaches the terminal as a control sequence", async () => {
  const text = (await shown("shop_queue")).join("\n");
  expect(text).toContain("queue=\\u{1b}[31mred\\u{202e}");
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("an empty answer, a constant and a query that Prometheus refuses are said in words", async () => {
  const lines = await shown("absent(shop_queue)", "vector(1.23456)", "shop_queue and on (");
  expect(lines).toContain("→ nothing: no series, now or in the last 3 hours");
  expect(lines.some((line) => /^→ value {2}1.235 {2}▄{37} {2}1.235 … 1.235 in 3 h$/.test(line))).toBe(true);
  expect(lines.some((line) => line.startsWith("→ no answer: invalid parameter"))).toBe(true);
});

test("of alerts of one name that of the platform is found: firing, pending, inactive or not loaded", async () => {
  const until = Date.now() + 20_000;
  let rules = await prometheus.alerts("AlwaysOn");
  while (!rules.some((rule) => rule.alerts.length > 0) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    rules = await prometheus.alerts("AlwaysOn");
  }
  const firing = stateOf(rules, { platform: "shop", environment: "prod" });
  expect(firing).toMatchObject({ state: "firing", alerts: [{ value: 3 }] });
  expect(stateOf(rules, { platform: "books", environment: "prod" })).toEqual({ state: "inactive" });
  expect(stateOf(rules, { platform: "shop", environment: "dev" })).toEqual({ state: "not loaded" });
  const waiting = stateOf(await prometheus.alerts("Waiting"), { platform: "shop", environment: "prod" });
  expect(waiting).toMatchObject({ state: "pending" });
  const text = terminalText(withLive(page(), { answers: new Map(), at: new Date(), state: firing }), {
    width: 100,
    color: false,
  });
  expect(text).toMatch(/^QueueDeep\n\nNow: FIRING since 20\d\d-.*Z, 0 min\.\n$/);
});

test("who refuses, who is not there and who never answers are told apart", async () => {
  await expect(prometheus.query("foo(", at)).rejects.toThrow(QueryError);
  await expect(connect("http://127.0.0.1:9").query("up", at)).rejects.toThrow(UnreachableError);
  const silent = createServer((request, response) => {
    if (request.url?.includes("other")) response.end("<html>");
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  await expect(connect(url, { seconds: 0.3 }).query("up", at)).rejects.toThrow("no answer within 0.3 s");
  await expect(connect(`${url}/other`).query("up", at)).rejects.toThrow("not a Prometheus");
  silent.closeAllConnections();
  silent.close();
});
