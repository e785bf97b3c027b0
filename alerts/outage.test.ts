import { expect, test } from "vitest";
import { alertLabels } from "../model/alerting/alert-labels.ts";
import type { Environment, Platform } from "../model/model.ts";
import { postAlerts, seenAlerts, startAlertmanager } from "../tests/live-alertmanager.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies } from "../tests/shop.ts";
import { chain } from "./fixtures/chain.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { deployedFiles } from "./index.ts";

const model = modelOf([chain], policies);
const platform = model.platforms[0] as Platform;
const environment = platform.environments.find(({ name }) => name === "local") as Environment;

test.each([
  ["ApiDown", ["WebFailing", "WebSuccessTicketQuick", "WebSuccessTicketSlow"]],
  ["WebOutOfOrder", ["CacheFailing"]],
  // Critical, but the service still works.
  ["OrdersFailing", []],
])(
  "while %s fires, warnings about events of what depends on it directly are held back: %j (PM-4)",
  async (outage, held) => {
    const folder = await temporaryFolder(deployedFiles(model));
    const url = await startAlertmanager(folder, "generated/alerts/shop/local/alertmanager.yaml");
    const labels = (name: string) => {
      const alert = platform.alerts.find(({ alertname }) => alertname === name);
      return { alertname: name, ...(alert && alertLabels(alert, environment)) };
    };
    const names = platform.alerts.map(({ alertname }) => alertname);
    // No other outage, and no page, which would hold back the tickets of its SLO.
    const others = names.filter(
      (name) => !/^(ApiDown|WebOutOfOrder|OrdersFailing)$|PageQuick$|PageSlow$/.test(name),
    );
    const elsewhere = { ...labels("WebFailing"), environment: "prod", alertname: "WebFailing" };
    await postAlerts(
      url,
      [...[outage, ...others].map(labels), elsewhere].map((one) => ({ labels: one })),
    );
    const inhibited = async () =>
      (await seenAlerts(url))
        .filter(({ status }) => status.inhibitedBy.length > 0)
        .map((alert) => [alert.labels.environment, alert.labels.alertname]);
    const expected = held.map((name) => ["local", name]);
    await expect.poll(async () => (await inhibited()).sort(), { timeout: 10_000 }).toEqual(expected);
    expect(await seenAlerts(url)).toHaveLength(others.length + 2);
  },
  60_000,
);

test("pages are never held back, whatever they depend on", async () => {
  const folder = await temporaryFolder(deployedFiles(model));
  const url = await startAlertmanager(folder, "generated/alerts/shop/local/alertmanager.yaml");
  const critical = platform.alerts.filter(({ severity }) => severity === "critical");
  await postAlerts(
    url,
    critical.map((alert) => ({ labels: { alertname: alert.alertname, ...alertLabels(alert, environment) } })),
  );
  await expect.poll(async () => (await seenAlerts(url)).length, { timeout: 10_000 }).toBe(critical.length);
  expect((await seenAlerts(url)).map(({ status }) => status.state)).toEqual(critical.map(() => "active"));
}, 60_000);
