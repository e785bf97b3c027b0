// WeatherVane's own production configuration in a running Alertmanager: who is told, and what of.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type { Receivers } from "../lab/receivers.ts";
import { alertLabels } from "../model/alerting/alert-labels.ts";
import type { Alert, Environment, Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import {
  fromNow,
  type PostedAlert,
  postAlerts,
  seenAlerts,
  silence,
  startAlertmanager,
} from "../tests/live-alertmanager.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { rootFolder } from "../tests/structure/source-files.ts";
import { annotationsOf } from "./annotations.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { deployedFiles } from "./index.ts";

let platform: Platform;
let environment: Environment;

beforeAll(async () => {
  const { model } = await loadProject(rootFolder, { platforms: ["weathervane"] });
  platform = model.platforms.find(({ name }) => name === "weathervane") as Platform;
  environment = platform.environments.find(({ name }) => name === "prod") as Environment;
});

test("a critical alert reaches PagerDuty and Slack at once with its texts and links, and both hear that it is over (WV-6, WV-9)", async () => {
  const { url, told } = await alerting();
  const { alert, posted } = one("mcp-server-down", { mcp_server: "files" });
  await postAlerts(url, [posted]);
  await expect.poll(() => [told.pagerduty.length, told.slack.length], { timeout: 5_000 }).toEqual([1, 1]);
  const { runbook_url, dashboard_url, summary } = posted.annotations;
  const [page] = told.pagerduty;
  expect(page).toMatchObject({
    routing_key: "key-of-the-test",
    event_action: "trigger",
    payload: { class: alert.alertname, component: alert.service, severity: "critical" },
    links: [
      { href: runbook_url, text: "Runbook" },
      { href: dashboard_url, text: "Dashboard" },
    ],
  });
  expect(page?.payload.summary).toContain(summary);
  const subject = `${alert.alertname} (weathervane/${alert.service} in prod)`;
  expect(told.slack[0]).toMatchObject({
    channel: "#weathervane-alerts",
    attachments: [{ title: `[FIRING: 1] ${subject}`, title_link: runbook_url, color: "danger" }],
  });
  expect(told.slack[0]?.attachments[0]?.text).toContain(`*${summary}*`);

  await postAlerts(url, [{ ...posted, endsAt: fromNow(-1) }]);
  await expect.poll(() => [told.pagerduty.length, told.slack.length], { timeout: 10_000 }).toEqual([2, 2]);
  expect(told.pagerduty[1]).toMatchObject({ event_action: "resolve", dedup_key: page?.dedup_key });
  expect(told.slack[1]?.attachments[0]).toMatchObject({ title: `[RESOLVED] ${subject}`, color: "good" });
}, 60_000);

test("warnings of one name come to Slack in one message, wake nobody, and those of another name in another (WV-7)", async () => {
  const { url, told } = await alerting({ groupWait: "2s" });
  const waiting = ["a", "b", "c"].map((instance) => one("pending-tasks-high", { instance }).posted);
  const rejections = one("gate-rejections-high", { gate: "tests" });
  await postAlerts(url, [...waiting, rejections.posted]);
  await expect.poll(() => titles(told), { timeout: 10_000 }).toHaveLength(2);
  expect(titles(told)).toEqual([
    `[FIRING: 1] ${rejections.alert.alertname} (weathervane/${rejections.alert.service} in prod)`,
    "[FIRING: 3] PendingTasksHigh (weathervane/autopilot in prod)",
  ]);
  expect(told.pagerduty).toEqual([]);
}, 60_000);

test("the Watchdog reaches the heartbeat receiver alone, and nobody hears of other platforms' alerts", async () => {
  const { url, told } = await alerting({ groupWait: "0s" });
  const { posted } = one("watchdog", {});
  await postAlerts(url, [
    posted,
    { labels: { ...one("autopilot-down", {}).posted.labels, platform: "other" } },
  ]);
  await expect.poll(() => told.webhooks.map(({ path }) => path), { timeout: 5_000 }).toEqual(["heartbeat"]);
  expect(told.webhooks[0]?.message.alerts[0]?.labels.alertname).toBe("Watchdog");
  expect([told.slack, told.pagerduty]).toEqual([[], []]);
  const receivers = (await seenAlerts(url)).map(({ labels, receivers }) => [labels.platform, receivers]);
  expect(Object.fromEntries(receivers)).toEqual({
    weathervane: [{ name: "weathervane/heartbeat" }],
    other: [{ name: "weathervane/nobody" }],
  });
}, 60_000);

test("a page holds back the ticket of its SLO, a critical alert the warning of its cause, and a silence keeps all from being told", async () => {
  const { url, told } = await alerting({ groupWait: "1s" });
  const burns = platform.alerts.filter(({ source }) => source === "slo-burn");
  const page = burns.find(({ severity }) => severity === "critical") as Alert;
  const ticket = burns.find(({ slo, severity }) => slo === page.slo && severity === "warning") as Alert;
  const others = burns.find(({ slo, severity }) => slo !== page.slo && severity === "warning") as Alert;
  const [cause, effect] = [one("resolution-attempts-exceeded", {}), one("resolution-attempt-three", {})];
  const silenced = one("pending-tasks-high", {});
  const { alertname } = silenced.alert;
  await silence(url, { alertname, environment: "prod", platform: "weathervane" });
  const posted = [page, ticket, others].map((alert) => post(alert, {}));
  await postAlerts(url, [...posted, cause.posted, effect.posted, silenced.posted]);
  await expect.poll(() => titles(told), { timeout: 10_000 }).toHaveLength(3);
  const names = [others, page, cause.alert].map((alert) => alert.alertname);
  expect(titles(told).map((title) => title.split(" ")[2])).toEqual(names.sort());
  const states = (await seenAlerts(url)).map(({ labels, status }) => [
    labels.alertname,
    status.inhibitedBy.length > 0 ? "inhibited" : status.silencedBy.length > 0 ? "silenced" : status.state,
  ]);
  expect(Object.fromEntries(states)).toEqual({
    [page.alertname]: "active",
    [ticket.alertname]: "inhibited",
    [others.alertname]: "active",
    [cause.alert.alertname]: "active",
    [effect.alert.alertname]: "inhibited",
    [alertname]: "silenced",
  });
}, 60_000);

describe("a critical alert that nobody silences is told to the second line (PM-4)", () => {
  const second = ({ pagerduty }: Receivers) =>
    pagerduty
      .filter(({ routing_key }) => routing_key === "key-of-the-second-line")
      .map(({ event_action, payload }) => `${event_action} ${payload.class}`);

  test("after a while, and hears that it is over; not of what was silenced or over by then, nor of warnings", async () => {
    const { url, told } = await alerting({ groupWait: "1s", escalateAfter: "4s" });
    const [lasting, silenced, over] = ["mcp-server-down", "autopilot-down", "emergency-stop-active"].map(
      (name) => {
        const { alert, posted } = one(name, {});
        return { ...posted, alertname: alert.alertname };
      },
    );
    if (!lasting || !silenced || !over) throw new Error("three alerts were asked for");
    const posted = [lasting, silenced, over].map(({ labels, annotations }) => ({ labels, annotations }));
    await postAlerts(url, [...posted, one("pending-tasks-high", {}).posted]);
    // What the runbook's link fills in; the second line has no matchers of its own to be silenced by.
    await silence(url, { alertname: silenced.alertname, environment: "prod", platform: "weathervane" });
    await postAlerts(url, [{ labels: over.labels, endsAt: fromNow(-1) }]);
    await expect
      .poll(() => titles(told).filter((title) => title.startsWith("[FIRING")).length, { timeout: 10_000 })
      .toBe(4);
    expect(second(told)).toEqual([]);
    await expect.poll(() => second(told), { timeout: 10_000 }).toEqual([`trigger ${lasting.alertname}`]);
    await postAlerts(url, [{ labels: lasting.labels, endsAt: fromNow(-1) }]);
    await expect
      .poll(() => second(told), { timeout: 10_000 })
      .toEqual([`trigger ${lasting.alertname}`, `resolve ${lasting.alertname}`]);
  }, 60_000);

  test("15 min after it began to fire, though Alertmanager has just been started", async () => {
    const { url, told } = await alerting();
    const { alert, posted } = one("mcp-server-down", {});
    const begun = { ...posted, startsAt: fromNow(3 - 15 * 60) };
    await postAlerts(url, [begun]);
    await expect.poll(() => told.pagerduty.length, { timeout: 5_000 }).toBe(1);
    expect(second(told)).toEqual([]);
    await sleep(3_100);
    // Prometheus sends what fires again, each minute.
    await postAlerts(url, [begun]);
    await expect.poll(() => second(told), { timeout: 5_000 }).toEqual([`trigger ${alert.alertname}`]);
  }, 60_000);
});

/** One of WeatherVane's alerts, and how Prometheus would post it with these labels of its series. */
function one(name: string, labels: Record<string, string>) {
  const alert = platform.alerts.find((a) => a.name === name) as Alert;
  return { alert, posted: post(alert, labels) };
}

function post(alert: Alert, labels: Record<string, string>) {
  const all = { alertname: alert.alertname, ...alertLabels(alert, environment), ...labels };
  const annotations = annotationsOf(alert, { platform, environment }).shown(all);
  return { labels: all, annotations } satisfies PostedAlert;
}

/** Titles of Slack's messages, sorted: which of two groups is told first is nobody's promise. */
function titles({ slack }: Receivers): string[] {
  return slack.flatMap(({ attachments }) => attachments.map(({ title }) => title)).sort();
}

/**
 * Alertmanager with the configuration as generated, but for: the folder of the Secrets, which hold addresses of this machine; the
 * address of PagerDuty, which no Secret holds; where a test says so, how long warnings are collected and how long the second line waits.
 */
async function alerting({
  groupWait = "30s",
  escalateAfter = "15m",
} = {}): Promise<{ url: string; told: Receivers }> {
  const told = await notifiedServers();
  const path = "generated/alerts/weathervane/prod/alertmanager.yaml";
  const generated =
    deployedFiles({ platforms: [platform], requirements: [] }).find((file) => file.path === path)?.content ??
    "";
  const secrets = {
    "pagerduty-routing-key": "key-of-the-test",
    "pagerduty-secondary-key": "key-of-the-second-line",
    "slack-webhook": `${told.url}/slack`,
    "heartbeat-url": `${told.url}/webhook/heartbeat`,
  };
  const folder = await temporaryFolder(
    Object.entries(secrets).map(([key, content]) => ({
      path: `secrets/weathervane-alerting/${key}`,
      content,
    })),
  );
  const content = generated
    .replaceAll("/etc/alertmanager/secrets", `${folder}/secrets`)
    .replaceAll("group_wait: 30s", `group_wait: ${groupWait}`)
    .replaceAll("group_wait: 15m", `group_wait: ${escalateAfter}`)
    .concat(`global:\n  pagerduty_url: ${told.url}/pagerduty\n`);
  await writeFile(join(folder, "alertmanager.yaml"), content);
  return { url: await startAlertmanager(folder, "alertmanager.yaml"), told };
}
