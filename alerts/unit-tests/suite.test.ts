import { expect, test } from "vitest";
import { parse } from "yaml";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import type { Artifact } from "../../model/model.ts";
import { modelOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";
import { manySignals } from "../fixtures/many-signals.ts";
import { promtool } from "../fixtures/promtool.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { alerts } from "../index.ts";

const many = modelOf([manySignals]);
const shopModel = modelOf([shop], policies);
const isTest = ({ path }: Artifact) => path.includes("/tests/");

interface Written {
  tests: { alert_rule_test?: { alertname: string; exp_alerts: unknown[] }[] }[];
}

test("every alert has a test that expects it to fire, and one that expects silence", () => {
  for (const model of [many, shopModel]) {
    const { platforms } = model;
    const files = alerts(model).filter(isTest);
    for (const alert of platforms.flatMap((platform) => platform.alerts)) {
      const file = files.find(({ path }) => path.endsWith(`/tests/${alert.name}.yaml`));
      const { tests } = parse(file?.content ?? "") as Written;
      const own = tests
        .flatMap((t) => t.alert_rule_test ?? [])
        .filter((one) => one.alertname === alert.alertname);
      expect(
        own.some(({ exp_alerts }) => exp_alerts.length > 0),
        `${alert.name} fires`,
      ).toBe(true);
      if (alert.signal.kind === "always") continue;
      expect(
        own.some(({ exp_alerts }) => exp_alerts.length === 0),
        `${alert.name} is silent`,
      ).toBe(true);
    }
  }
});

test("every alert of the shop, and every other form of signal, behaves as its test says", async () => {
  const artifacts = [...alerts(shopModel), ...alerts(many)];
  const folder = await temporaryFolder(artifacts);
  // One tier of each SLO of the second platform: all of them take their time, and differ in numbers only. And a calendar period.
  const chosen = artifacts
    .filter(isTest)
    .filter(
      ({ path }) =>
        !/many.*(page-quick|ticket)|(quick|no-failure)-page/.test(path) || /tenants-ticket-slow/.test(path),
    );
  const results = await twoAtATime(chosen, async ({ path }) => ({
    path,
    ...(await promtool(["test", "rules", path], folder)),
  }));
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(results.length).toBeGreaterThan(30);
}, 120_000);

test("a test names the silence of the other alerts in its rule file", () => {
  const file = alerts(shopModel).find(({ path }) => path.endsWith("/tests/order-success-page-quick.yaml"));
  const { tests } = parse(file?.content ?? "") as Written;
  const named = tests.flatMap((t) => t.alert_rule_test ?? []).map(({ alertname }) => alertname);
  expect([...new Set(named)].sort()).toEqual([
    "OrderSuccessAbsent",
    "OrderSuccessPageQuick",
    "OrderSuccessPageSlow",
    "OrderSuccessTicketQuick",
    "OrderSuccessTicketSlow",
  ]);
});
