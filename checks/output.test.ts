import { expect, test } from "vitest";
import { alerts } from "../alerts/index.ts";
import { dashboards } from "../dashboards/index.ts";
import { runbooks } from "../runbooks/index.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { output } from "./output.ts";
import { changed, runAlone } from "./run-alone.ts";

const model = modelOf([shop], policies);
const good = [...alerts(model), ...dashboards(model), ...(await runbooks(model))];
const testFile = "generated/alerts/shop/tests/queue-deep.yaml";

async function messages(artifacts = good) {
  return (await runAlone(output, { model, artifacts })).map((p) => `${p.path}: ${p.message}`);
}

const without = (path: string) => good.filter((a) => a.path !== path);

test("every alert of everything that is generated has all that it needs", async () => {
  expect(await messages()).toEqual([]);
});

test("an alert without a test has none in which it fires, and none in which it is silent", async () => {
  expect(await messages(without(testFile))).toEqual([
    'generated/alerts/shop/tests: alert "queue-deep" has no unit test in which it fires',
    'generated/alerts/shop/tests: alert "queue-deep" has no unit test in which it is silent',
  ]);
});

test("a test that only expects silence is not enough", async () => {
  const artifacts = changed(
    good,
    testFile,
    () => "tests: [{ alert_rule_test: [{ eval_time: 1m, alertname: QueueDeep }] }]",
  );
  expect(await messages(artifacts)).toEqual([
    'generated/alerts/shop/tests: alert "queue-deep" has no unit test in which it fires',
  ]);
});

test("an alert without a rule in one environment, a page, a route or a panel is found, at its entry", async () => {
  expect(await messages(without("generated/alerts/shop/local/rules/queue-deep.yaml"))).toEqual([
    'generated/alerts/shop/local/rules: alert "queue-deep" has no rule in local',
  ]);
  expect(await messages(without("generated/runbooks/shop/queue-deep.md"))).toEqual([
    'generated/runbooks/shop/queue-deep.md: alert "queue-deep" has no runbook page',
  ]);
  expect(await messages(without("generated/alerts/shop/prod/alertmanager.yaml"))).toContain(
    'generated/alerts/shop/prod/alertmanager.yaml: alert "watchdog" is routed by nothing in prod',
  );
  const [problem] = await runAlone(output, {
    model,
    artifacts: without("generated/dashboards/shop/prod/orders.json"),
  });
  expect(problem).toEqual({
    rule: "check/alert-incomplete",
    severity: "error",
    message: 'alert "api-down" names panel 1, which the dashboard does not have',
    path: "generated/dashboards/shop/prod/orders.json",
    location: { file: "catalog/parts/1/alerts/api-down.ts", line: 3, column: 5, exact: true },
  });
});

test("an alert that no panel shows is found", async () => {
  const [platform] = model.platforms;
  const alert = platform?.alerts.find((a) => a.name === "queue-deep");
  if (!platform || !alert) throw new Error("the shop has no queue");
  const { panel: _, ...hidden } = alert;
  const blind = { ...model, platforms: [{ ...platform, alerts: [hidden] }] };
  const problems = await runAlone(output, { model: blind, artifacts: good });
  expect(problems.map((p) => p.message)).toEqual(
    Array(2).fill('alert "queue-deep" is on no panel of a dashboard'),
  );
});
