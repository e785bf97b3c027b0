import type {
  Dashboard as GrafanaDashboard,
  Panel as GrafanaPanel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import fc from "fast-check";
import { expect, test } from "vitest";
import { panelUnit } from "../catalog/dashboard.ts";
import type { Environment, Model, Panel, Platform } from "../model/model.ts";
import { howMany } from "../tests/how-many.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { dashboards } from "./index.ts";

const model = modelOf([shop], policies);
const platform = model.platforms[0] as Platform;
const prod = platform.environments.find((e) => e.name === "prod") as Environment;
const first = platform.dashboards[0]?.rows[0]?.panels[0] as Panel;

function read(of: Model, environment = "prod"): GrafanaDashboard {
  const path = `generated/dashboards/shop/${environment}/orders.json`;
  return JSON.parse(
    dashboards(of).find((artifact) => artifact.path === path)?.content ?? "",
  ) as GrafanaDashboard;
}

/** The shop's model with one row of these panels on its dashboard. */
function withPanels(...changes: Partial<Panel>[]): Model {
  const changed = structuredClone(model);
  const panels = changes.map((change, i) => ({ ...structuredClone(first), ...change, id: i + 1 }));
  for (const dashboard of changed.platforms[0]?.dashboards ?? []) dashboard.rows = [{ title: "Row", panels }];
  return changed;
}

const types = ["timeseries", "stat", "gauge", "bar-gauge", "table", "pie", "heatmap"] as const;
const everyPanel = withPanels(...types.flatMap((type) => panelUnit.options.map((unit) => ({ type, unit }))));

const onlyPanels = (dashboard: GrafanaDashboard) =>
  (dashboard.panels ?? []).filter((panel): panel is GrafanaPanel => panel.type !== "row");
const panelsOf = (of: Model) => onlyPanels(read(of));
const queriesOf = (panel: GrafanaPanel | undefined) => (panel?.targets ?? []) as Dataquery[];

test("each environment gets each dashboard, named as the links of the model expect", () => {
  expect(dashboards(model).map(({ path, origin }) => [path, origin.label])).toEqual([
    ["generated/dashboards/shop/local/orders.json", "dashboards.orders"],
    ["generated/dashboards/shop/local/slo-overview.json", "platform shop"],
    ["generated/dashboards/shop/prod/orders.json", "dashboards.orders"],
    ["generated/dashboards/shop/prod/slo-overview.json", "platform shop"],
  ]);
  expect(read(model)).toMatchObject({ uid: "shop-orders", title: "Shop / Orders", editable: false });
  for (const alert of platform.alerts) {
    if (alert.panel) expect(panelsOf(model).map((panel) => panel.id)).toContain(alert.panel.id);
  }
});

test("a dashboard is found by platform, environment, its tags and the listed requirements that it meets", () => {
  const location = { file: "catalog/requirements.yaml", line: 1, column: 1, exact: true };
  const requirements = ["CC-2", "WV-2", "WV-3"].map((id) => ({ id, need: "", documents: [], location }));
  const changed = {
    ...withPanels({ meets: ["WV-3", "WV-2"] }, { meets: ["WV-2", "PM-1"] }),
    requirements,
  };
  for (const dashboard of changed.platforms[0]?.dashboards ?? []) {
    Object.assign(dashboard, { tags: ["orders"], meets: ["CC-2"] });
  }
  expect(read(changed).tags).toEqual(["shop", "prod", "CC-2", "WV-2", "WV-3", "orders"]);
});

test("panels stand where the layout places them, each in its own place", () => {
  const places = (read(everyPanel).panels ?? []).map(({ gridPos }) => gridPos);
  expect(places.slice(0, 2)).toEqual([
    { x: 0, y: 0, w: 24, h: 1 },
    { x: 0, y: 1, w: 16, h: 8 },
  ]);
  expect(new Set(places.map((at) => `${at?.x} ${at?.y}`)).size).toBe(places.length);
});

test("every panel of every type and unit is whole", () => {
  const ids = new Set<number>();
  for (const panel of read(everyPanel).panels ?? []) {
    expect(panel.id).toBeGreaterThan(0);
    ids.add(panel.id ?? 0);
  }
  expect(ids.size).toBe(types.length * panelUnit.options.length + 1);
  for (const panel of panelsOf(everyPanel)) {
    expect(panel.datasource).toEqual({ type: "prometheus", uid: `\${datasource}` });
    expect(panel.title).toBeTruthy();
    expect(panel.description).toBeTruthy();
    expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
    expect(panel.fieldConfig?.defaults.noValue).toBe("no data");
    expect(panel.fieldConfig?.defaults.thresholds?.steps[0]).toEqual({ value: null, color: "green" });
    expect(queriesOf(panel).length).toBeGreaterThan(0);
    for (const query of queriesOf(panel)) {
      expect(query.expr).toBeTruthy();
      expect(query.refId).toMatch(/^[A-Z]+$/);
      expect(query.datasource).toEqual(panel.datasource);
    }
  }
});

test.each([
  ["percent", "percentunit"],
  ["seconds", "s"],
  ["bytes", "bytes"],
  ["bytes-per-second", "Bps"],
  ["per-second", "ops"],
  ["per-hour", "suffix:/h"],
  ["per-day", "suffix:/d"],
  ["usd", "currencyUSD"],
  ["tokens", "count:tokens"],
  ["cores", "suffix:cores"],
  ["count", "short"],
] as const)("the unit %s is Grafana's %s", (unit, expected) => {
  expect(panelsOf(withPanels({ unit }))[0]?.fieldConfig?.defaults.unit).toBe(expected);
});

test("a switch is shown as on and off", () => {
  const [panel] = panelsOf(withPanels({ unit: "on-off" }));
  expect(panel?.fieldConfig?.defaults).toMatchObject({
    min: 0,
    max: 1,
    mappings: [{ type: "value", options: { "0": { text: "off" }, "1": { text: "on" } } }],
    custom: { lineInterpolation: "stepAfter" },
  });
});

test("graphs are queried over time, single values at its end", () => {
  const instant = types.map((type) => [
    type,
    queriesOf(panelsOf(withPanels({ type }))[0])[0]?.instant ?? false,
  ]);
  expect(Object.fromEntries(instant)).toEqual({
    timeseries: false,
    heatmap: false,
    stat: true,
    gauge: true,
    "bar-gauge": true,
    table: true,
    pie: true,
  });
});

test("queries and legends reach Grafana as they were written", () => {
  const [query] = queriesOf(panelsOf(model)[0]);
  expect(query).toMatchObject({
    refId: "A",
    expr: 'sum by (outcome) (rate(shop_orders_total{platform="shop"}[$__rate_interval]))',
    legendFormat: "{{outcome}}",
    range: true,
  });
  expect(queriesOf(panelsOf(model)[2])[0]?.legendFormat).toBe("__auto");
});

test("more queries than letters still get names of their own", () => {
  const queries = Array.from({ length: 60 }, () => ({ expr: "up" }));
  const names = queriesOf(panelsOf(withPanels({ queries }))[0]).map((query) => query.refId);
  expect(new Set(names).size).toBe(60);
  expect([names[0], names[25], names[26], names[52]]).toEqual(["A", "Z", "AA", "AAA"]);
});

test("colours start green and follow the values upwards, whatever their order in the catalog", () => {
  const thresholds: Panel["thresholds"] = [
    { value: 0.5, color: "red" },
    { value: 0.1, color: "yellow" },
  ];
  const [panel] = panelsOf(withPanels({ thresholds }));
  expect(panel?.fieldConfig?.defaults.thresholds).toEqual({
    mode: "absolute",
    steps: [
      { value: null, color: "green" },
      { value: 0.1, color: "yellow" },
      { value: 0.5, color: "red" },
    ],
  });
  expect(panel?.fieldConfig?.defaults.custom).toMatchObject({ thresholdsStyle: { mode: "dashed" } });
});

test("where the colours get better upwards, what is below the worst is not green", () => {
  const thresholds: Panel["thresholds"] = [
    { value: 0.25, color: "green" },
    { value: 0, color: "red" },
  ];
  const [panel] = panelsOf(withPanels({ thresholds }));
  expect(panel?.fieldConfig?.defaults.thresholds?.steps).toEqual([
    { value: null, color: "red" },
    { value: 0, color: "red" },
    { value: 0.25, color: "green" },
  ]);
});

test("a table's column has its own unit, words and colours, and the worst comes first", () => {
  const queries: Panel["queries"] = [
    {
      expr: "up",
      legend: "Left",
      unit: "percent",
      thresholds: [
        { value: 0, color: "red" },
        { value: 1, color: "green" },
      ],
    },
    { expr: "up", legend: "State", unit: "slo-state" },
    { expr: "up", legend: "Plain" },
  ];
  const [panel] = panelsOf(withPanels({ type: "table", queries }));
  expect(panel?.options).toMatchObject({ sortBy: [{ displayName: "Left", desc: false }] });
  expect(panel?.fieldConfig?.overrides).toMatchObject([
    {
      matcher: { id: "byName", options: "Left" },
      properties: [
        { id: "unit", value: "percentunit" },
        {
          id: "thresholds",
          value: { mode: "absolute", steps: [{ color: "red" }, { value: 0 }, { value: 1 }] },
        },
        { id: "custom.cellOptions", value: { type: "color-text" } },
      ],
    },
    {
      matcher: { id: "byName", options: "State" },
      properties: [
        { id: "unit", value: "none" },
        { id: "mappings", value: [{ options: { "2": { text: "paged", color: "red" } } }] },
        { id: "custom.cellOptions" },
      ],
    },
  ]);
});

test("a share fills a dial from 0 to 1, anything else from 0 upwards", () => {
  const scale = (change: Partial<Panel>) => {
    const { min, max } = panelsOf(withPanels(change))[0]?.fieldConfig?.defaults ?? {};
    return [min, max];
  };
  expect(scale({ type: "gauge", unit: "percent" })).toEqual([0, 1]);
  expect(scale({ type: "bar-gauge", unit: "percent" })).toEqual([0, 1]);
  expect(scale({ type: "gauge", unit: "bytes" })).toEqual([0, undefined]);
  expect(scale({ type: "timeseries", unit: "percent" })).toEqual([undefined, undefined]);
});

test("legends are shown, and single values are the last ones", () => {
  const options = (type: Panel["type"]) =>
    panelsOf(withPanels({ type }))[0]?.options as Record<string, unknown>;
  expect(options("timeseries").legend).toMatchObject({ showLegend: true, calcs: ["lastNotNull", "max"] });
  expect(options("pie").legend).toMatchObject({ showLegend: true });
  for (const type of ["stat", "gauge", "bar-gauge", "pie"] as const) {
    expect(options(type).reduceOptions).toMatchObject({ calcs: ["lastNotNull"] });
  }
});

test("a table's columns are named by plain legends, sorted by the first value, without the time", () => {
  const several = withPanels({
    type: "table",
    queries: [
      { expr: "up", legend: "now" },
      { expr: "up offset 1d", legend: "{{job}}" },
    ],
  });
  expect(panelsOf(several)[0]).toMatchObject({
    options: { sortBy: [{ displayName: "now", desc: true }] },
    transformations: [
      { id: "merge" },
      { id: "organize", options: { excludeByName: { Time: true }, renameByName: { "Value #A": "now" } } },
    ],
  });
  const [single] = panelsOf(withPanels({ type: "table", queries: [{ expr: "up" }] }));
  expect(single).toMatchObject({
    options: { sortBy: [{ displayName: "Value", desc: true }] },
    transformations: [{ id: "organize", options: { renameByName: {} } }],
  });
});

test("a panel links to the runbooks of its alerts and of its SLOs' alerts, and every link has a page", () => {
  const pages = new Set(platform.alerts.map((alert) => `${prod.links.runbooks}/shop/${alert.name}.html`));
  const urls = panelsOf(model).map((panel) => (panel.links ?? []).map((link) => link.url ?? ""));
  expect(urls[0]).toEqual(
    expect.arrayContaining([
      "https://runbooks.shop.example/shop/orders-failing.html",
      "https://runbooks.shop.example/shop/order-success-page-quick.html",
      "https://runbooks.shop.example/shop/order-latency-absent.html",
    ]),
  );
  expect(urls[1]).toEqual(["https://runbooks.shop.example/shop/queue-deep.html"]);
  for (const url of urls.flat()) expect(pages).toContain(url);
  expect(panelsOf(model)[1]?.links?.[0]?.title).toBe("Runbook: QueueDeep");
});

test("a dashboard links to the platform's runbooks and its other dashboards, in the open", () => {
  const { links } = read(model, "local");
  expect(links).toMatchObject([
    { title: "Runbooks", type: "link", url: "http://127.0.0.1:8000/shop/index.html" },
    { title: "Dashboards", type: "dashboards", tags: ["shop", "local"], keepTime: true },
  ]);
  // The SDK's default would hide them in a menu.
  expect(links?.some((link) => link.placement)).toBe(false);
});

test("the choices are the Prometheus and the values of the catalog's labels", () => {
  expect(read(model).templating.list).toMatchObject([
    { type: "datasource", name: "datasource", query: "prometheus" },
    {
      type: "query",
      name: "queue",
      label: "Queue",
      query: 'label_values(shop_queue_depth{platform="shop"}, queue)',
      multi: true,
      includeAll: true,
      current: { value: ["$__all"] },
    },
  ]);
});

test("deployments are marked", () => {
  expect(read(model).annotations.list).toMatchObject([{ name: "Deployments", enable: true }]);
});

test("whatever the catalog says comes back from the JSON as text and changes nothing else", () => {
  const shape = (dashboard: GrafanaDashboard) =>
    onlyPanels(dashboard).map(({ id, type, gridPos, datasource, links }) => ({
      id,
      type,
      gridPos,
      datasource,
      links,
    }));
  const expected = shape(read(withPanels({})));
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom('"},{"id":9', `\${datasource}`, "%{x}", "{{x}}", "`", "</script>", "\n---\n", "\\"),
  );
  fc.assert(
    fc.property(hostile, hostile, hostile, (title, description, legend) => {
      const dashboard = read(withPanels({ title, description, queries: [{ expr: "up", legend }] }));
      const [panel] = onlyPanels(dashboard);
      expect([panel?.title, panel?.description, queriesOf(panel)[0]?.legendFormat]).toEqual([
        title,
        description,
        legend,
      ]);
      expect(shape(dashboard)).toEqual(expected);
    }),
    { numRuns: howMany(200, 2000) },
  );
});
