import { expect, test } from "vitest";
import { manySignals } from "../alerts/fixtures/many-signals.ts";
import type { DashboardInput } from "../catalog/dashboard.ts";
import type { PlatformInput } from "../catalog/platform.ts";
import { dashboards } from "../dashboards/index.ts";
import type { Model } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { panels } from "./panels.ts";
import { changed, runAlone, told } from "./run-alone.ts";

const found = async (model: Model, artifacts = dashboards(model)) =>
  told(await runAlone(panels, { model, artifacts }));

/** The shop with one more dashboard. */
function shopWith(queries: string[], more: Partial<DashboardInput> = {}): Model {
  const shown = queries.map((expr, i) => ({
    title: `Panel ${i}`,
    description: "What it shows.",
    type: "stat" as const,
    unit: "count" as const,
    queries: [{ expr }],
  }));
  const made: DashboardInput = {
    title: "Made up",
    description: "For the test.",
    rows: [{ title: "Row", panels: shown }],
    ...more,
  };
  return modelOf(
    [{ ...shop, parts: [...shop.parts, { dashboards: { "made-up": made } }] } as PlatformInput],
    policies,
  );
}

const prod = "generated/dashboards/shop/prod/orders.json";

test("every panel, variable and recording rule of every platform has data in a real Prometheus", async () => {
  const { model } = await loadProject(rootFolder);
  expect(model.platforms.length).toBeGreaterThanOrEqual(5);
  expect(await found(model)).toBe("");
}, 300_000);

test("rules of every kind of SLO record something, those of native histograms too", async () => {
  const model = modelOf([manySignals]);
  const kinds = new Set(model.platforms.flatMap(({ slos }) => slos.map(({ sli }) => sli.kind)));
  expect([...kinds].sort()).toMatchInlineSnapshot(`
    [
      "bad-events",
      "composite",
      "custom",
      "freshness",
      "gauge",
      "good-events",
      "latency",
      "native-latency",
    ]
  `);
  expect(await found(model)).toBe("");
});

test("queries that look back, choose among unknown values, or ask for alerts and recorded series have data", async () => {
  const model = shopWith([
    "sum(rate(shop_orders_total[5m] offset 2w)) > 0",
    'shop_queue_depth{queue="returns"}',
    'sum by (alertname) (ALERTS{alertstate="firing",severity="critical"})',
    "histogram_quantile(0.95, sum by (le) (rate(shop_request_duration_seconds_bucket[$__rate_interval])))",
    'slo:period_error_budget_remaining:ratio{slo="order-success"}',
    "min_over_time(slo:current_burn_rate:ratio[$__range])",
  ]);
  expect(await found(model)).toBe("");
});

test("a panel without data is found where its query stands, with the selector or the step that leaves nothing", async () => {
  const model = shopWith([
    'sum(rate(shop_orders_total{outcome="lost"}[5m]))',
    "sum by (outcome) (shop_orders_total) and on (outcome) sum by (queue) (shop_queue_depth)",
    "0 / (0 * sum(shop_disk_size_bytes))",
    'sum(rate(shop_orders_total{outcome="lost"}[5m])) or vector(0)',
    "shop_disk_size_bytes or vector(0)",
  ]);
  expect(await found(model)).toMatchInlineSnapshot(`
    "check/panel-without-data at catalog/parts/4/dashboards/made-up/rows/0/panels/0/queries/0/expr.ts, generated/dashboards/shop/local/made-up.json: panel "Panel 0" of "Shop / Made up" shows nothing: no series fits shop_orders_total{platform="shop",outcome="lost"}
    check/panel-without-data at catalog/parts/4/dashboards/made-up/rows/0/panels/1/queries/0/expr.ts, generated/dashboards/shop/local/made-up.json: panel "Panel 1" of "Shop / Made up" shows nothing: all series that it reads have data, and what it does with them leaves nothing (a join, a comparison, a window)
    check/panel-without-data at catalog/parts/4/dashboards/made-up/rows/0/panels/2/queries/0/expr.ts, generated/dashboards/shop/local/made-up.json: panel "Panel 2" of "Shop / Made up" shows nothing: all series that it reads have data, and what it does with them leaves nothing (a join, a comparison, a window)
    check/panel-without-data at catalog/parts/4/dashboards/made-up/rows/0/panels/3/queries/0/expr.ts, generated/dashboards/shop/local/made-up.json: panel "Panel 3" of "Shop / Made up" shows less than it says: no series fits shop_orders_total{platform="shop",outcome="lost"}"
  `);
});

test("a variable without values and a query that Prometheus refuses are found", async () => {
  const model = modelOf([shop], policies);
  const variable = changed(dashboards(model), prod, (json) =>
    json.replaceAll("label_values(shop_queue_depth{", 'label_values(shop_queue_depth{pod=\\"none\\",'),
  );
  expect(await found(model, variable)).toMatchInlineSnapshot(
    `"check/variable-without-values at catalog/parts/2/dashboards/orders/variables/queue.ts, generated/dashboards/shop/prod/orders.json: variable "queue" of "Shop / Orders" has nothing to choose from: no series of shop_queue_depth{pod="none",platform="shop"} has label "queue""`,
  );
  const query = changed(dashboards(model), prod, (json) => json.replace("max by (queue) (", "rate("));
  expect(await found(model, query)).toMatchInlineSnapshot(
    `"check/panel-without-data at catalog/parts/2/dashboards/orders/rows/0/panels/1/queries/0/expr.ts, generated/dashboards/shop/prod/orders.json: Prometheus refuses the query of panel "Queue" of "Shop / Orders": invalid parameter "query": 1:6: parse error: expected type range vector in call to function "rate", got instant vector"`,
  );
});

test("a recording rule that never has a value is found, with the rules that hang on it", async () => {
  const model = modelOf([shop], policies);
  const rule = model.platforms[0]?.slos[0]?.recordingRules.find(
    ({ record }) => record === "slo:sli_total:increase5m",
  );
  if (!rule) throw new Error("the rule is gone");
  rule.expr = rule.expr.replace("shop_request", "shop_no_request");
  expect(await found(model)).toMatchInlineSnapshot(`
    "check/rule-without-data at catalog/parts/1/slos/order-latency.ts, slos.order-latency: recording rule slo:sli_total:increase5m of SLO "order-latency" records nothing: its query gives nothing, though every metric has a history
    check/rule-without-data at catalog/parts/1/slos/order-latency.ts, slos.order-latency: recording rule slo:period_error:ratio of SLO "order-latency" records nothing: its query gives nothing, though every metric has a history
    check/rule-without-data at catalog/parts/1/slos/order-latency.ts, slos.order-latency: recording rule slo:period_error_budget_remaining:ratio of SLO "order-latency" records nothing: its query gives nothing, though every metric has a history
    check/panel-without-data at catalog/parts/1/slos/order-latency.ts, generated/dashboards/shop/local/slo-overview.json: panel "order-latency: budget left" of "Shop / SLO overview" shows nothing: no series fits slo:period_error_budget_remaining:ratio{platform="shop",slo="order-latency"}"
  `);
});

test("a catalog without anything to ask starts no Prometheus", async () => {
  const model: Model = { platforms: [], requirements: [] };
  expect(await runAlone(panels, { model, tool: () => "/nowhere" })).toEqual([]);
});
