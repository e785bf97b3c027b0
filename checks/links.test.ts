import { expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { runbooks } from "../runbooks/index.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { links } from "./links.ts";
import { changed, runAlone } from "./run-alone.ts";

const model = modelOf([shop], policies);
const good = [...alerts(model), ...dashboards(model), ...(await runbooks(model))];
const rule = "generated/alerts/shop/prod/rules/queue-deep.yaml";
const dashboard = "generated/dashboards/shop/prod/orders.json";
const page = "generated/runbooks/shop/queue-deep.html";

async function messages(artifacts = good) {
  return (await runAlone(links, { model, artifacts })).map((p) => `${p.path}: ${p.message}`);
}

test("every link of everything that is generated leads somewhere", async () => {
  expect(await messages()).toEqual([]);
});

test("a page that is gone is missed by the alert, by the dashboard and by the pages that lead to it", async () => {
  const found = await messages(good.filter((a) => a.path !== page));
  expect(found).toContain(
    `${rule}: runbook_url of alert QueueDeep: https://runbooks.shop.example/shop/queue-deep.html leads to no runbook page: there is no ${page}`,
  );
  expect(found.some((text) => text.startsWith(`${dashboard}: `))).toBe(true);
  expect(
    found.some((text) => text.startsWith("generated/runbooks/shop/index.html: queue-deep.html leads to no")),
  ).toBe(true);
});

test("a dashboard that is gone is missed", async () => {
  const found = await messages(good.filter((a) => a.path !== dashboard));
  expect(found).toContain(
    `${rule}: dashboard_url of alert QueueDeep: https://grafana.shop.example/d/shop-orders/orders?viewPanel=panel-2 leads to no generated dashboard of this environment`,
  );
});

test("a panel that is gone is missed", async () => {
  const found = await messages(changed(good, dashboard, (text) => text.replace('"id": 2,', '"id": 200,')));
  expect(found).toContain(
    `${rule}: dashboard_url of alert QueueDeep: https://grafana.shop.example/d/shop-orders/orders?viewPanel=panel-2 leads to panel 2, which the dashboard does not have`,
  );
});

test("an alert without a link, or with one to elsewhere, is found at the alert", async () => {
  const without = changed(good, rule, (text) => text.replace("runbook_url", "runbook"));
  expect(await messages(without)).toEqual([`${rule}: alert QueueDeep has no runbook_url`]);
  const elsewhere = changed(good, rule, (text) =>
    text.replace("https://runbooks.shop.example", "https://wiki.example"),
  );
  const [problem] = await runAlone(links, { model, artifacts: elsewhere });
  expect(problem).toEqual({
    rule: "check/broken-link",
    severity: "error",
    message:
      "runbook_url of alert QueueDeep is https://wiki.example/shop/queue-deep.html, which does not begin with https://runbooks.shop.example/",
    path: rule,
    location: { file: "catalog/parts/1/alerts/queue-deep.ts", line: 3, column: 5, exact: true },
  });
});

test("a heading that a page does not have is missed", async () => {
  const link = '<a href="index.html#gone">x</a>';
  const found = await messages(changed(good, page, (text) => text.replace("<main>", `<main>${link}`)));
  expect(found).toEqual([`${page}: index.html#gone leads to no heading: shop/index.html has no #gone`]);
});

test("what only looks like a link in the text of a page is none", async () => {
  const text = '<code>&#x3C;a href="gone.html"></code>';
  expect(await messages(changed(good, page, (html) => html.replace("<main>", `<main>${text}`)))).toEqual([]);
});

test("a link whose address is escaped in HTML is read as a browser would", async () => {
  const link = '<a href="https://grafana.shop.example/d/shop-orders/orders?a=1&#x26;viewPanel=panel-9">x</a>';
  const found = await messages(changed(good, page, (text) => text.replace("<main>", `<main>${link}`)));
  expect(found).toEqual([
    `${page}: https://grafana.shop.example/d/shop-orders/orders?a=1&viewPanel=panel-9 leads to panel 9, which the dashboard does not have`,
  ]);
});

test("an address that the catalog does not give is found; the repository and contacts are given", async () => {
  const links = [
    "https://git.example/shop",
    "tel:+4930123",
    "https://prometheus.shop.example/query?g0.expr=up",
  ];
  const given = links.map((href) => `<a href="${href}">x</a>`).join("");
  expect(await messages(changed(good, page, (text) => text.replace("<main>", `<main>${given}`)))).toEqual([]);
  const strange = '<a href="https://prometheus.shop.example.evil.example/query">x</a>';
  expect(await messages(changed(good, page, (text) => text.replace("<main>", `<main>${strange}`)))).toEqual([
    `${page}: https://prometheus.shop.example.evil.example/query begins with no base URL of an environment, and is neither the repository nor a contact`,
  ]);
});
