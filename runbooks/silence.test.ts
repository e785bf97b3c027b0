import { dirname } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { temporaryFolder } from "../alerts/fixtures/temporary-folder.ts";
import { alerts } from "../alerts/index.ts";
import type { Alert, Environment, Platform } from "../model/model.ts";
import { fromNow, postAlerts, seenAlerts, startAlertmanager } from "../tests/live-alertmanager.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { requireTool } from "../tools/find.ts";
import { silenceCommand } from "./silence.ts";

test("the page's command silences the alert in a running Alertmanager, and only that one", async () => {
  const model = modelOf([shop], policies);
  const platform = model.platforms[0] as Platform;
  const alert = platform.alerts.find(({ name }) => name === "api-down") as Alert;
  const environment = platform.environments.find(({ name }) => name === "local") as Environment;
  const folder = await temporaryFolder(
    alerts(model).filter(({ path }) => path.endsWith("alertmanager.yaml")),
  );
  const url = await startAlertmanager(folder, "generated/alerts/shop/local/alertmanager.yaml");
  const here = { ...environment, links: { ...environment.links, alertmanager: url } };
  const PATH = `${dirname(await requireTool("amtool"))}:${process.env.PATH}`;
  await execa("sh", ["-c", silenceCommand(here, platform, alert)], {
    env: { PATH, HOME: folder },
    timeout: 30_000,
  });
  const labels = { alertname: "ApiDown", platform: "shop", severity: "critical" };
  await postAlerts(url, [
    { labels: { ...labels, environment: "local", instance: "a" }, startsAt: fromNow(-60) },
    { labels: { ...labels, environment: "prod" } },
    { labels: { ...labels, environment: "local", alertname: "DoubleCharge" } },
  ]);
  const silenced = async () =>
    (await seenAlerts(url))
      .filter(({ status }) => status.silencedBy.length > 0)
      .map((one) => one.labels.instance);
  await expect.poll(silenced, { timeout: 10_000 }).toEqual(["a"]);
}, 60_000);
