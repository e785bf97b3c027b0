// Escalation, mute times and maintenance: as they are written, as amtool reads them, and as a running Alertmanager acts on them.
import { execa } from "execa";
import { definePlatform } from "fairlead";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { TimeWindowSpec } from "../catalog/time-window.ts";
import type { Artifact } from "../model/model.ts";
import { mutedAlerts, postAlerts, startAlertmanager } from "../tests/live-alertmanager.ts";
import { modelOf } from "../tests/model-of.ts";
import { notifiedServers } from "../tests/notified-servers.ts";
import { policies } from "../tests/shop.ts";
import { toldInSteps } from "../tests/told-in-steps.ts";
import { requireTool } from "../tools/find.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { deployedFiles } from "./index.ts";

const artifacts = deployedFiles(modelOf([toldInSteps], policies));
const file = (environment: string) => `generated/alerts/shop/${environment}/alertmanager.yaml`;
const contentOf = (path: string, files: readonly Artifact[] = artifacts) =>
  parse(files.find((one) => one.path === path)?.content ?? "");

test("each step of the escalation waits on a route of its own; invariants come through a maintenance (PM-4)", () => {
  const { routes } = contentOf(file("prod")).route.routes[0];
  const shown = routes.map((route: Record<string, string | string[]>) =>
    [
      route.receiver,
      route.group_wait ?? "30s",
      ...[route.mute_time_intervals ?? "-"].flat(),
      ...(route.continue ? ["and on"] : []),
      ...(route.matchers ?? []).slice(1),
    ].join(" "),
  );
  expect(shown).toEqual([
    'shop/heartbeat 0s - alertname="Watchdog"',
    'shop/critical 0s - and on alertname=~"DoubleCharge"',
    'shop/escalation-1 15m - and on alertname=~"DoubleCharge"',
    'shop/escalation-2 45m - alertname=~"DoubleCharge"',
    "shop/critical 0s shop/maintenance-upgrade and on",
    "shop/escalation-1 15m shop/maintenance-upgrade and on",
    "shop/escalation-2 45m shop/maintenance-upgrade",
    "shop/warning 30s shop/mute-nights shop/mute-weekend shop/maintenance-upgrade",
  ]);
});

test("hours over midnight are cut there, and what is left belongs to the day after, of the next year too", () => {
  expect(contentOf(file("local")).time_intervals[2]).toEqual({
    name: "shop/maintenance-upgrade",
    time_intervals: [
      {
        ...{ times: [{ start_time: "23:00", end_time: "24:00" }], location: "Europe/Berlin" },
        ...{ days_of_month: ["31"], months: ["12"], years: ["2026"] },
      },
      {
        ...{ times: [{ start_time: "00:00", end_time: "01:30" }], location: "Europe/Berlin" },
        ...{ days_of_month: ["1"], months: ["1"], years: ["2027"] },
      },
      {
        ...{ times: [{ start_time: "22:00", end_time: "24:00" }], location: "Europe/Berlin" },
        weekdays: ["sunday"],
      },
      {
        ...{ times: [{ start_time: "00:00", end_time: "02:00" }], location: "Europe/Berlin" },
        weekdays: ["monday"],
      },
    ],
  });
});

test("an AlertmanagerConfig says the same in its own words", () => {
  const { route, muteTimeIntervals } = contentOf("generated/alerts/shop/prod/alertmanager-config.yaml");
  expect(route.routes[4]).toMatchObject({
    receiver: "shop/critical",
    continue: true,
    muteTimeIntervals: ["shop/maintenance-upgrade"],
  });
  expect(muteTimeIntervals.map(({ name }: { name: string }) => name)).toEqual([
    "shop/mute-nights",
    "shop/mute-weekend",
    "shop/maintenance-upgrade",
  ]);
  expect(muteTimeIntervals[2].timeIntervals).toEqual([
    {
      times: [{ startTime: "23:00", endTime: "24:00" }],
      ...{ daysOfMonth: [{ start: 31, end: 31 }], months: ["12"], years: ["2026"] },
    },
  ]);
});

test.each([
  ["critical", "ApiDown", "shop/critical,shop/escalation-1,shop/escalation-2"],
  ["critical", "DoubleCharge", "shop/critical,shop/escalation-1,shop/escalation-2"],
  ["warning", "QueueDeep", "shop/warning"],
  ["none", "Watchdog", "shop/heartbeat"],
])("amtool: %s %s goes to %s", async (severity, alertname, receivers) => {
  const cwd = await temporaryFolder(artifacts);
  const labels = ["platform=shop", `severity=${severity}`, `alertname=${alertname}`];
  const args = ["config", "routes", "test", `--config.file=${file("local")}`, ...labels];
  const options = { cwd, stdin: "ignore", timeout: 30_000 } as const;
  expect((await execa(await requireTool("amtool"), args, options)).stdout.trim()).toBe(receivers);
});

const always: TimeWindowSpec = { timeZone: "UTC", times: [{ from: "00:00", to: "24:00" }] };
const never: TimeWindowSpec = { timeZone: "UTC", times: [{ dates: ["2001-01-01"] }] };

test.each([
  ["outside of all windows", never, never, ["ApiDown", "DoubleCharge", "QueueDeep"]],
  ["in a mute time, critical alerts only", always, never, ["ApiDown", "DoubleCharge"]],
  ["in a maintenance, invariants only", never, always, ["DoubleCharge"]],
])(
  "who is told %s",
  async (_when, nights, upgrade, expected) => {
    const told = await notifiedServers();
    const files = deployedFiles(modelOf([withWindows({ nights, upgrade, url: told.url })], policies));
    // All that is changed of what is generated: warnings are not collected for as long.
    const sooner = files.map((one) => ({
      ...one,
      content: one.content.replaceAll("group_wait: 30s", "group_wait: 0s"),
    }));
    const url = await startAlertmanager(await temporaryFolder(sooner), file("local"));
    const names = { ApiDown: "critical", DoubleCharge: "critical", QueueDeep: "warning" };
    const place = { environment: "local", platform: "shop", service: "api" };
    await postAlerts(
      url,
      Object.entries(names).map(([alertname, severity]) => ({ labels: { alertname, severity, ...place } })),
    );
    const held = Object.keys(names).filter((name) => !expected.includes(name));
    await expect.poll(() => mutedAlerts(url), { timeout: 10_000 }).toEqual(held);
    const heard = () =>
      told.webhooks.flatMap(({ message }) => message.alerts.map(({ labels }) => labels.alertname));
    await expect.poll(() => heard().sort(), { timeout: 10_000 }).toEqual(expected);
  },
  60_000,
);

/** The shop with these windows in its local environment, where all receivers are a server of ours. */
function withWindows({
  nights,
  upgrade,
  url,
}: {
  nights: TimeWindowSpec;
  upgrade: TimeWindowSpec;
  url: string;
}) {
  const webhook = { kind: "webhook", url: `${url}/webhook/any` } as const;
  return definePlatform({
    ...toldInSteps,
    parts: toldInSteps.parts.map((part) => {
      const { local } = part.environments ?? {};
      const receivers = { pager: { kind: "webhook", url: `${url}/webhook/pager` } as const, chat: webhook };
      return {
        ...part,
        ...(part.routing && {
          routing: {
            ...part.routing,
            routes: { critical: ["pager"], warning: ["chat"] },
            muteTimes: { nights },
          },
        }),
        ...(local && {
          environments: { ...part.environments, local: { ...local, receivers, maintenance: { upgrade } } },
        }),
      };
    }),
  });
}
