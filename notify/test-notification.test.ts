import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../alerts/fixtures/temporary-folder.ts";
import { alerts } from "../alerts/index.ts";
import type { Environment, Platform } from "../model/model.ts";
import { freePort } from "../orchestrator/store/free-port.ts";
import type { ProblemsError } from "../problems/problem.ts";
import { silence, startAlertmanager } from "../tests/live-alertmanager.ts";
import { modelOf } from "../tests/model-of.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { policies } from "../tests/shop.ts";
import { toldInSteps } from "../tests/told-in-steps.ts";
import { sendTest } from "./test-notification.ts";

const model = modelOf([toldInSteps], policies);
const inSteps = model.platforms[0] as Platform;
// Whatever the hour and the day: the windows of the fixture hold at some.
const always = { name: "always", timeZone: "UTC", times: [{ from: "00:00", to: "24:00" }] };
const platform: Platform = { ...inSteps, routing: { ...inSteps.routing, muteTimes: [] } };
const local = platform.environments.find(({ name }) => name === "local") as Environment;
const environment: Environment = { ...local, maintenance: [] };
const FILE = "generated/alerts/shop/local/alertmanager.yaml";

test("a test of each severity reaches its receivers, says that it is one, and ends by itself", async () => {
  const { url, told } = await alerting();
  const critical = await sendTest({ platform, environment, severity: "critical", alertmanager: url });
  expect(critical).toMatchObject({
    alertname: "FairleadTest",
    receivers: ["pager", "chat"],
    later: [
      { after: "15m", receivers: ["second"] },
      { after: "45m", receivers: ["lead", "second"] },
    ],
    heldBack: undefined,
  });
  const seconds = (Date.parse(critical.endsAt) - Date.now()) / 1000;
  expect(seconds).toBeGreaterThan(100);
  expect(seconds).toBeLessThanOrEqual(120);
  const paths = () => told.webhooks.map(({ path }) => path).sort();
  await expect.poll(paths, { timeout: 10_000 }).toEqual(["chat", "pager"]);
  const { labels, annotations } = told.webhooks[0]?.message.alerts[0] ?? {};
  expect(labels).toMatchObject({
    alertname: "FairleadTest",
    severity: "critical",
    platform: "shop",
    environment: "local",
  });
  expect(annotations?.summary).toBe("TEST, nothing is wrong: do critical alerts of Shop in local arrive?");

  const warning = await sendTest({ platform, environment, severity: "warning", alertmanager: url });
  expect(warning).toMatchObject({ receivers: ["chat"], later: [] });
  await expect.poll(paths, { timeout: 10_000 }).toEqual(["chat", "chat", "pager"]);
}, 60_000);

test("a test that is silenced says so", async () => {
  const { url } = await alerting();
  await silence(url, { platform: "shop", environment: "local" });
  const sent = await sendTest({ platform, environment, severity: "critical", alertmanager: `${url}/` });
  expect(sent.heldBack).toBe("silenced");
}, 60_000);

test("a test in a mute time or a maintenance says so", async () => {
  const { url } = await alerting();
  const quiet = { ...platform, routing: { ...platform.routing, muteTimes: [always] } };
  const upgraded = { ...environment, maintenance: [always] };
  const of = async (
    severity: "critical" | "warning",
    where: { platform: Platform; environment: Environment },
  ) => (await sendTest({ ...where, severity, alertmanager: url })).heldBack;
  expect(await of("warning", { platform: quiet, environment })).toBe("muted");
  expect(await of("critical", { platform: quiet, environment })).toBeUndefined();
  expect(await of("critical", { platform, environment: upgraded })).toBe("muted");
}, 60_000);

test("an Alertmanager that does not run the generated configuration is a problem", async () => {
  const folder = await temporaryFolder([]);
  await writeFile(
    join(folder, "other.yaml"),
    "route: { receiver: someone }\nreceivers: [{ name: someone }]\n",
  );
  const url = await startAlertmanager(folder, "other.yaml");
  const problem = await problemOf(
    sendTest({ platform, environment, severity: "warning", alertmanager: url }),
  );
  expect(problem).toBe(
    `notify/other-receivers: Alertmanager at ${url} tells someone; the catalog says shop/warning`,
  );
}, 60_000);

test("an Alertmanager that does not answer, or is none, is a problem", async () => {
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const none = `${(await notifiedServers()).url}/missing`;
  const of = (alertmanager: string) =>
    problemOf(sendTest({ platform, environment, severity: "critical", alertmanager }));
  expect(await of(nobody)).toContain(
    `notify/unreachable: Alertmanager at ${nobody} does not answer: connect ECONNREFUSED`,
  );
  expect(await of(none)).toContain(`notify/unreachable: Alertmanager at ${none} does not answer like one`);
}, 60_000);

async function problemOf(sent: Promise<unknown>): Promise<string> {
  const error = (await sent.then(
    () => new Error("nothing was wrong"),
    (thrown: unknown) => thrown,
  )) as ProblemsError;
  return error.message;
}

/** Alertmanager with the shop's local configuration; its receivers are servers of the test, and warnings are not collected for long. */
async function alerting() {
  const told = await notifiedServers();
  const folder = await temporaryFolder(
    alerts({ platforms: [{ ...platform, environments: [environment] }], requirements: [] })
      .filter(({ path }) => path === FILE)
      .map(({ path, content }) => ({
        path,
        content: content
          .replaceAll("http://127.0.0.1:9095/", `${told.url}/webhook/`)
          .replaceAll("group_wait: 30s", "group_wait: 1s"),
      })),
  );
  return { url: await startAlertmanager(folder, FILE), told };
}
