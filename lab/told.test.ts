import { expect, test } from "vitest";
import { startReceivers } from "./receivers.ts";
import { firstTold, toldBy } from "./told.ts";

const slack = (title: string) => ({ channel: "#c", attachments: [{ title }] });
const pagerduty = (event_action: string, name: string) => ({ event_action, payload: { class: name } });

test("PagerDuty, Slack and webhooks name the alert and say when it is over, each in its own words", () => {
  const of = (to: string, message: unknown) =>
    toldBy({ at: 7, to, message }).map(({ alertname, isResolved }) => `${alertname} ${isResolved}`);
  expect(of("pagerduty", pagerduty("trigger", "AutopilotDown"))).toEqual(["AutopilotDown false"]);
  expect(of("pagerduty", pagerduty("resolve", "AutopilotDown"))).toEqual(["AutopilotDown true"]);
  expect(of("slack", slack("[FIRING:2] BreakerTripped (mcp)"))).toEqual(["BreakerTripped false"]);
  expect(of("slack", slack("[RESOLVED] BreakerTripped"))).toEqual(["BreakerTripped true"]);
  expect(of("slack", slack("Good morning, [FIRING] is a word"))).toEqual([]);
  const alerts = [
    { status: "firing", labels: { alertname: "Watchdog" } },
    { status: "resolved", labels: { alertname: "EvidenceDiskLow" } },
  ];
  expect(of("webhook/heartbeat", { status: "firing", alerts })).toEqual([
    "Watchdog false",
    "EvidenceDiskLow true",
  ]);
});

test("who waits hears of the alert by its whole name, and not of one whose text names it", async () => {
  const receivers = await startReceivers();
  const post = (path: string, body: unknown) =>
    fetch(`${receivers.url}/${path}`, { method: "POST", body: JSON.stringify(body) });
  const awaited = { receivers: receivers.url, since: 0, alertnames: ["BreakerTripped"], isResolved: false };
  const { signal } = new AbortController();
  await post("slack", slack("[FIRING:1] CascadingFailure (follow BreakerTripped first)"));
  await post("slack", slack("[RESOLVED] BreakerTripped"));
  expect(await firstTold(awaited, { signal, seconds: 0.5 })).toBeUndefined();
  await post("pagerduty", pagerduty("trigger", "BreakerTripped"));
  expect(await firstTold(awaited, { signal, seconds: 30 })).toMatchObject({ to: "pagerduty" });
  await receivers.close();
});
