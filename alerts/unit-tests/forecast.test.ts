import { expect, test } from "vitest";
import { parse } from "yaml";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import { modelOf } from "../../tests/model-of.ts";
import { manySignals } from "../fixtures/many-signals.ts";
import { promtool } from "../fixtures/promtool.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { alerts } from "../index.ts";

const FORECASTS =
  /tests\/(disk-filling|backlog-growing|score-sinking|nothing-left|spent-today|.*-budget-forecast)\.yaml$/;
const artifacts = alerts(modelOf([manySignals]));
const tests = artifacts.filter(({ path }) => FORECASTS.test(path));

test("forecasts behave as their tests say, which are made from their definition (AH-5)", async () => {
  const folder = await temporaryFolder(artifacts);
  const results = await twoAtATime(tests, async ({ path }) => ({
    path,
    ...(await promtool(["test", "rules", path], folder)),
  }));
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results).toHaveLength(8);
}, 120_000);

test("each is tried in time and not, at the limit, too young, on its way back, and at each edge", () => {
  for (const { path, content } of tests) {
    const { tests: scenes } = parse(content) as {
      tests: { name: string; alert_rule_test: { exp_alerts: unknown[] }[] }[];
    };
    const fires = scenes.filter(({ alert_rule_test }) =>
      alert_rule_test.some(({ exp_alerts }) => exp_alerts.length > 0),
    );
    expect(scenes.length, path).toBeGreaterThanOrEqual(3);
    expect(fires[0]?.name, path).toContain("fires when it leads to the limit");
  }
});

test("the usual rule is misled by a rollout, a drop and a young series; a forecast is not", async () => {
  const own = modelOf([manySignals]).platforms[0]?.alerts.find(({ name }) => name === "backlog-growing");
  if (!own) throw new Error("there is no such alert");
  const usual = 'sum by (tenant) (predict_linear(backlog{platform="many",state="old"}[30m], 3600)) >= 500';
  const backlog = (labels: string) => `backlog{platform="many",state="old",${labels}}`;
  const cases: [title: string, at: string, series: Record<string, string>][] = [
    // 300 all the time, of a pod and then of its successor.
    [
      "rollout",
      "80m",
      { [backlog('tenant="x",pod="a"')]: "300x60", [backlog('tenant="x",pod="b"')]: "_x61 300x60" },
    ],
    // From beyond the limit to well below it.
    ["drop", "61m", { [backlog('tenant="x",pod="a"')]: "1500x60 490x60" }],
    // Four minutes of filling after a start.
    ["start", "4m", { [backlog('tenant="x",pod="a"')]: "0+20x4 80x60" }],
  ];
  const alert = (name: string, expr: string) => ({ alert: name, expr });
  const rules = { groups: [{ name: "g", rules: [alert("Usual", usual), alert("Forecast", own.expr)] }] };
  const tests = cases.map(([name, eval_time, series]) => ({
    name,
    interval: "1m",
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    alert_rule_test: [
      { eval_time, alertname: "Usual", exp_alerts: [{ exp_labels: { tenant: "x" } }] },
      { eval_time, alertname: "Forecast", exp_alerts: [] },
    ],
  }));
  const folder = await temporaryFolder([
    { path: "rules.yaml", content: JSON.stringify(rules) },
    {
      path: "test.yaml",
      content: JSON.stringify({ rule_files: ["rules.yaml"], evaluation_interval: "1m", tests }),
    },
  ]);
  const { ok, said } = await promtool(["test", "rules", "test.yaml"], folder);
  expect(ok, said).toBe(true);
});
