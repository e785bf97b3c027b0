// The dashboards that nobody describes; their queries are tried on series by promtool.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Dashboard as GrafanaDashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import type { PlatformInput } from "../catalog/platform.ts";
import type { Model } from "../model/model.ts";
import { isSelected } from "../output/scope.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { requireTool } from "../tools/find.ts";
import { dashboards } from "./index.ts";

const model = modelOf([shop], policies);
const OVERVIEW = "generated/dashboards/shop/prod/slo-overview.json";
const FLEET = "generated/dashboards/fleet/overview.json";

/** Two platforms: the shop, and the same under another name. */
function twoPlatforms(): Model {
  const [one] = structuredClone(model).platforms;
  const [other] = structuredClone(model).platforms;
  if (!one || !other) throw new Error("no shop");
  return { ...model, platforms: [one, { ...other, name: "stall", title: "Stall" }] };
}

function read(of: Model, path: string): GrafanaDashboard {
  const found = dashboards(of).find((artifact) => artifact.path === path);
  return JSON.parse(found?.content ?? "{}") as GrafanaDashboard;
}

const panelNamed = ({ panels }: GrafanaDashboard, title: string) =>
  (panels ?? []).find((panel): panel is Panel => panel.title === title);

/** The query of a table's column. */
function column(panel: Panel | undefined, legend: string): string {
  const queries = (panel?.targets ?? []) as Dataquery[];
  return queries.find(({ legendFormat }) => legendFormat === legend)?.expr ?? "";
}

interface Expected {
  expr: string;
  samples: Record<string, number>;
}

/** What promtool says of queries over constant series, ten minutes in. */
async function judged(series: Record<string, number>, expected: Expected[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-overviews-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const promql_expr_test = expected.map(({ expr, samples }) => ({
    expr,
    eval_time: "10m",
    exp_samples: Object.entries(samples).map(([labels, value]) => ({ labels, value })),
  }));
  const input_series = Object.entries(series).map(([name, value]) => ({
    series: name,
    values: `${value}x20`,
  }));
  await writeFile(join(folder, "rules.yaml"), stringify({ groups: [] }));
  const tests = [{ interval: "1m", input_series, promql_expr_test }];
  await writeFile(
    join(folder, "test.yaml"),
    stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }),
  );
  const { all } = await execa(await requireTool("promtool"), ["test", "rules", "test.yaml"], {
    cwd: folder,
    all: true,
    reject: false,
    timeout: 60_000,
  });
  return all.trim();
}

const own = (slo: string, more = "") => `{platform="shop",service="api",slo="${slo}"${more}}`;

test("the overview says of each SLO how much is left, for how long, and who has been told", async () => {
  const table = panelNamed(read(model, OVERVIEW), "Budgets and burn rates");
  const firing = (slo: string, severity: string) =>
    `ALERTS${own(slo, `,alertname="A",alertstate="firing",severity="${severity}"`)}`;
  const series = {
    [`slo:period_error_budget_remaining:ratio${own("order-success")}`]: 0.5,
    [`slo:period_error_budget_remaining:ratio${own("order-latency", ',route="a"')}`]: -0.2,
    [`slo:period_error_budget_remaining:ratio${own("order-latency", ',route="b"')}`]: 0.9,
    [`slo:period_error_budget_remaining:ratio${own("quiet")}`]: 1,
    [`slo:error_budget:ratio${own("order-success")}`]: 0.001,
    [`slo:error_budget:ratio${own("order-latency")}`]: 0.05,
    [`slo:sli_error:ratio_rate5m${own("order-success")}`]: 0.004,
    [`slo:info${own("order-success", ',objective="0.999",period="30d",team="shop"')}`]: 1,
    [`slo:info${own("order-latency", ',objective="0.95",period="28d",team="shop"')}`]: 1,
    [firing("order-success", "critical")]: 1,
    [firing("order-success", "warning")]: 1,
    [firing("order-latency", "warning")]: 1,
    'ALERTS{platform="shop",service="api",alertname="B",alertstate="firing",severity="critical"}': 1,
    'slo:period_error_budget_remaining:ratio{platform="stall",service="api",slo="order-success"}': 0,
  };
  const one = (slo: string) => `{service="api",slo="${slo}"}`;
  const expected = {
    "Budget left": { "order-success": 0.5, "order-latency": -0.2, quiet: 1 },
    // Half of a budget of 0.1 % of 30 days; nothing of one that is overdrawn.
    "Time left": { "order-success": 0.5 * 0.001 * 30 * 86_400, "order-latency": 0 },
    State: { "order-success": 2, "order-latency": 3, quiet: 0 },
    "Burn 5m": { "order-success": 4 },
  };
  const asked = Object.entries(expected).map(([legend, samples]) => ({
    expr: column(table, legend),
    samples: Object.fromEntries(Object.entries(samples).map(([slo, value]) => [one(slo), value])),
  }));
  expect(await judged(series, asked)).toContain("SUCCESS");
});

test("each SLO's panels link to its runbooks and to the panel of the catalog that shows it", () => {
  const panel = panelNamed(read(model, OVERVIEW), "order-latency: burn rate");
  const links = panel?.links?.map(({ title, url }) => `${title} ${url}`) ?? [];
  expect(links[0]).toBe(
    "Dashboard: orders https://grafana.shop.example/d/shop-orders/orders?viewPanel=panel-1",
  );
  expect(links).toContain(
    "Runbook: OrderLatencyPageQuick https://runbooks.shop.example/shop/order-latency-page-quick.html",
  );
  expect(links.join()).not.toContain("OrderSuccess");
});

test("a dashboard of this name in the catalog replaces the overview", () => {
  const panel = {
    title: "Mine",
    description: "My own.",
    type: "stat",
    unit: "count",
    queries: [{ expr: "shop_disk_free_bytes" }],
  };
  const mine = { title: "Mine", description: "My own.", rows: [{ title: "Row", panels: [panel] }] };
  const replaced = {
    ...shop,
    parts: [...shop.parts, { dashboards: { "slo-overview": mine } }],
  } as PlatformInput;
  expect(read(modelOf([replaced], policies), OVERVIEW).title).toBe("Shop / Mine");
});

test("one dashboard shows all platforms, and leads to the overview of each", () => {
  const fleet = read(twoPlatforms(), FLEET);
  expect(fleet).toMatchObject({ uid: "fleet_overview", title: "Fleet overview", editable: false });
  expect(fleet.links?.map(({ title, url }) => `${title} ${url}`)).toEqual([
    "Shop /d/shop-slo-overview",
    "Stall /d/shop-slo-overview",
  ]);
  expect(fleet.templating.list?.map(({ name }) => name)).toEqual(["datasource", "platform"]);
  const ids = (fleet.panels ?? []).map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("a platform without firing alerts counts none of them, and its smallest budget is shown", async () => {
  const table = panelNamed(read(twoPlatforms(), FLEET), "How each platform is doing");
  const filled = (legend: string) => column(table, legend).replaceAll("$platform", ".*");
  const firing = 'ALERTS{platform="stall",alertname="A",alertstate="firing",severity="critical"}';
  const series = {
    'up{platform="shop",service="api"}': 1,
    'up{platform="stall",service="api"}': 0,
    'up{platform="stall",service="web"}': 1,
    [firing]: 1,
    'ALERTS{platform="shop",alertname="A",alertstate="pending",severity="critical"}': 1,
    'slo:period_error_budget_remaining:ratio{platform="shop",slo="a"}': 0.7,
    'slo:period_error_budget_remaining:ratio{platform="shop",slo="b"}': 0.3,
  };
  const asked = [
    { expr: filled("Critical"), samples: { '{platform="shop"}': 0, '{platform="stall"}': 1 } },
    { expr: filled("Targets up"), samples: { '{platform="shop"}': 1, '{platform="stall"}': 0.5 } },
    { expr: filled("Smallest budget"), samples: { '{platform="shop"}': 0.3 } },
  ];
  expect(await judged(series, asked)).toContain("SUCCESS");
});

test("a single platform has no fleet, and a selection of platforms or environments leaves the fleet alone", () => {
  expect(dashboards(model).map(({ path }) => path)).not.toContain(FLEET);
  expect(isSelected(FLEET, { platforms: ["shop"] }, ["prod"])).toBe(false);
  expect(isSelected(FLEET, { environments: ["prod"] }, ["prod"])).toBe(false);
  expect(isSelected(FLEET, {}, ["prod"])).toBe(true);
});
