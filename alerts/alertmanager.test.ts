import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Artifact } from "../model/model.ts";
import { postAlerts, seenAlerts, startAlertmanager } from "../tests/live-alertmanager.ts";
import { modelOf } from "../tests/model-of.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { policies, shop } from "../tests/shop.ts";
import { requireTool } from "../tools/find.ts";
import { oneCause } from "./fixtures/one-cause.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { alerts } from "./index.ts";

const artifacts = alerts(modelOf([shop], policies));
const contentIn = (files: readonly Artifact[], environment: string) =>
  files.find(({ path }) => path === file(environment))?.content ?? "";
const file = (environment: string) => `generated/alerts/shop/${environment}/alertmanager.yaml`;

async function amtool(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await execa(await requireTool("amtool"), [...args], {
    cwd,
    stdin: "ignore",
    timeout: 30_000,
  });
  return stdout.trim();
}

test("amtool accepts the configuration of every environment", async () => {
  const folder = await temporaryFolder(artifacts);
  for (const environment of ["local", "prod"]) {
    expect(await amtool(["check-config", file(environment)], folder)).toContain("1 inhibit rules");
  }
});

test.each([
  [["platform=shop", "severity=critical", "alertname=ApiDown"], "shop/critical"],
  [["platform=shop", "severity=warning", "alertname=QueueDeep"], "shop/warning"],
  [["platform=shop", "severity=none", "alertname=Watchdog"], "shop/heartbeat"],
  [["platform=shop", "severity=unheard-of", "alertname=Odd"], "shop/warning"],
  [["platform=other", "severity=critical", "alertname=ApiDown"], "shop/nobody"],
  [["severity=critical"], "shop/nobody"],
])("an alert with %j goes to %s", async (labels, receiver) => {
  const folder = await temporaryFolder(artifacts);
  expect(await amtool(["config", "routes", "test", `--config.file=${file("prod")}`, ...labels], folder)).toBe(
    receiver,
  );
});

test("a receiver holds all that its severity tells, secrets by file only", () => {
  const { receivers } = parse(contentIn(artifacts, "prod"));
  const [critical, warning, heartbeat, nobody] = receivers;
  expect(Object.keys(critical)).toEqual(["name", "pagerduty_configs", "slack_configs"]);
  expect(critical.pagerduty_configs[0]).toMatchObject({
    send_resolved: true,
    routing_key_file: "/etc/alertmanager/secrets/alertmanager-pager/routing-key",
    links: [{ text: "Runbook" }, { text: "Dashboard" }],
  });
  expect(Object.keys(warning)).toEqual(["name", "slack_configs"]);
  expect(heartbeat.webhook_configs).toEqual([
    { send_resolved: false, url_file: "/etc/alertmanager/secrets/alertmanager-heartbeat/url" },
  ]);
  expect(nobody).toEqual({ name: "shop/nobody" });
});

test("critical alerts are told at once and each by itself, warnings in bundles, the heartbeat every minute (WV-9)", () => {
  const { route } = parse(contentIn(artifacts, "prod"));
  const times = ({ group_wait, group_interval, repeat_interval }: Record<string, string>) =>
    [group_wait, group_interval, repeat_interval].join(" ");
  const [platform] = route.routes;
  expect(times(platform)).toBe("30s 5m 12h");
  expect(platform.group_by).toEqual(["environment", "platform", "service", "alertname"]);
  expect(platform.routes.map((one: { group_by?: string[] }) => one.group_by)).toEqual([
    undefined,
    ["..."],
    undefined,
  ]);
  expect(platform.routes.map((one: Record<string, string>) => `${one.receiver}: ${times(one)}`)).toEqual([
    "shop/heartbeat: 0s 1m 1m",
    "shop/critical: 0s 5s 1h",
    "shop/warning:   ",
  ]);
});

test("the texts of notifications are templates that Alertmanager understands", async () => {
  const alert = {
    status: "firing",
    labels: {
      alertname: "QueueDeep",
      environment: "prod",
      platform: "shop",
      service: "api",
      severity: "critical",
    },
    annotations: { summary: "Queue a is deep", description: "Orders wait.", runbook_url: "https://r/q.html" },
  };
  const data = {
    ...{
      status: "firing",
      alerts: [alert],
      commonLabels: alert.labels,
      commonAnnotations: alert.annotations,
    },
    ...{ receiver: "shop/critical", groupLabels: {}, externalURL: "" },
  };
  const folder = await temporaryFolder([{ path: "data.json", content: JSON.stringify(data) }]);
  const { receivers } = parse(contentIn(artifacts, "prod"));
  const { pagerduty_configs, slack_configs } = receivers[0];
  const { color, title, title_link, text } = slack_configs[0];
  const { description, details, links } = pagerduty_configs[0];
  const texts = [
    color,
    title,
    title_link,
    text,
    description,
    details.description,
    details.firing,
    links[0].href,
  ];
  const shown = texts.map((one: string) => {
    return amtool(
      ["template", "render", "--template.glob=none", "--template.data=data.json", `--template.text=${one}`],
      folder,
    );
  });
  expect(await Promise.all(shown)).toEqual([
    "danger",
    "[FIRING: 1] QueueDeep (shop/api in prod)",
    "https://r/q.html",
    "*Queue a is deep*\nOrders wait.",
    "QueueDeep (shop/api in prod): Queue a is deep",
    "Orders wait.",
    "Queue a is deep",
    "https://r/q.html",
  ]);
});

test("a critical alert holds back warnings of its cause that agree in every label that both keep", () => {
  const { inhibit_rules } = parse(contentIn(alerts(modelOf([oneCause], policies)), "prod"));
  const byCause = inhibit_rules.slice(1).map((rule: Record<string, string[]>) => ({
    source: rule.source_matchers?.at(-1),
    target: rule.target_matchers?.at(-1),
    equal: rule.equal?.join(" "),
  }));
  expect(byCause).toEqual([
    {
      source: 'alertname="AllToolsBroken"',
      target: 'alertname=~"SomeToolErrors|ToolErrors"',
      equal: "environment platform service cause",
    },
    {
      source: 'alertname="ToolBroken"',
      target: 'alertname=~"SomeToolErrors"',
      equal: "environment platform service cause",
    },
    {
      source: 'alertname="ToolBroken"',
      target: 'alertname=~"ToolErrors"',
      equal: "environment platform service cause tool",
    },
    {
      source: 'alertname="ToolHangs"',
      target: 'alertname=~"SomeToolErrors"',
      equal: "environment platform service cause",
    },
    // A free-form alert keeps the labels that it fires with in all its examples.
    {
      source: 'alertname="ToolHangs"',
      target: 'alertname=~"ToolErrors"',
      equal: "environment platform service cause tool",
    },
  ]);
});

describe("a running Alertmanager", () => {
  const of = (alertname: string, labels: Record<string, string>) => ({
    labels: { alertname, environment: "local", platform: "shop", service: "api", ...labels },
  });
  const critical = { severity: "critical", cause: "tools" };
  const warning = { severity: "warning", cause: "tools" };

  test("holds back what a page or a critical alert of the same cause has said, and nothing else", async () => {
    const url = await runAlertmanager(alerts(modelOf([oneCause], policies)));
    await postAlerts(url, [
      of("Page", { severity: "critical", slo: "a", tier: "page-slow" }),
      of("ToolBroken", { ...critical, tool: "git" }),
      of("ApiDown", { severity: "critical" }),
      of("TicketOfSameSlo", { severity: "warning", slo: "a", tier: "ticket-slow" }),
      of("TicketOfOtherSlo", { severity: "warning", slo: "b", tier: "ticket-slow" }),
      of("TicketOfOtherPlatform", { severity: "warning", slo: "a", tier: "ticket-slow", platform: "other" }),
      of("TicketOfOtherEnvironment", {
        ...{ severity: "warning", slo: "a", tier: "ticket-slow", environment: "prod" },
      }),
      of("ToolErrors", { ...warning, tool: "git", kind: "crash", told: "no" }),
      of("ToolErrors", { ...warning, tool: "search", kind: "crash", told: "yes" }),
      of("ToolErrors", { ...warning, tool: "git", environment: "prod", told: "yes" }),
      of("ToolErrors", { ...warning, tool: "git", service: "store", told: "yes" }),
      of("SomeToolErrors", warning),
      of("OtherCause", { ...warning, cause: "load", tool: "git" }),
      of("NoCause", { severity: "warning", tool: "git" }),
      of("AbsentOfSameSlo", { severity: "warning", slo: "a", cause: "no-data" }),
    ]);
    await expect
      .poll(() => inhibited(url), { timeout: 10_000 })
      .toEqual(["SomeToolErrors", "TicketOfSameSlo", "ToolErrors not told"]);
  }, 30_000);

  test("tells each critical alert within 5 s, whatever it has told just before (WV-9)", async () => {
    const told = await notifiedServers();
    const url = await runAlertmanager(alerts(modelOf([shopTelling(`${told.url}/webhook/pager`)], policies)));
    const instances = () =>
      told.webhooks.flatMap(({ message }) => message.alerts.map((a) => a.labels.instance));
    const down = (instance: string) => [of("ApiDown", { severity: "critical", instance })];
    for (const instance of ["a", "b", "c"]) {
      await postAlerts(url, down(instance));
      await expect.poll(instances, { timeout: 5_000 }).toContain(instance);
    }
    expect(instances()).toEqual(["a", "b", "c"]);
  }, 60_000);
});

/** The shop, whose critical alerts are told to an address of ours in its local environment. */
function shopTelling(url: string): typeof shop {
  const parts = shop.parts.map((part) => {
    const { local } = part.environments ?? {};
    if (!local) return part;
    const receivers = { ...local.receivers, pager: { kind: "webhook", url } as const };
    return { ...part, environments: { ...part.environments, local: { ...local, receivers } } };
  });
  return { ...shop, parts };
}

async function runAlertmanager(files: readonly Artifact[]): Promise<string> {
  return startAlertmanager(await temporaryFolder(files), file("local"));
}

async function inhibited(url: string): Promise<string[]> {
  const held = (await seenAlerts(url)).filter(({ status }) => status.inhibitedBy.length > 0);
  return held.map(({ labels }) => labels.alertname + (labels.told === "no" ? " not told" : "")).sort();
}
