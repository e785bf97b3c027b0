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
