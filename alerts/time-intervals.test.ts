import fc from "fast-check";
import { expect, test } from "vitest";
import { type TimeWindowSpec, timeWindow } from "../catalog/time-window.ts";
import { timeIntervals, windowHolds } from "../model/alerting/time-intervals.ts";
import { mutedAlerts, postAlerts, startAlertmanager } from "../tests/live-alertmanager.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";
import { intervalOfFile } from "./time-intervals.ts";
import { yamlText } from "./yaml.ts";

const WEEK = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const;
const DAY_MS = 86_400_000;

test("a running Alertmanager is silent in just the windows that hold now, over midnight, in every time zone", async () => {
  const now = Date.now();
  const windows = fc
    .sample(windowsAround(now), { numRuns: 120, seed: 7 })
    .filter((window) => windowHolds(window, now) === windowHolds(window, now + 120_000));
  const named = windows.map((window, i) => ({
    name: `w${i}`,
    intervals: timeIntervals({ name: `w${i}`, ...window }),
  }));
  const configuration = {
    route: {
      receiver: "nobody",
      group_by: ["..."],
      group_wait: "0s",
      routes: named.map(({ name }) => ({ matchers: [`alertname="${name}"`], mute_time_intervals: [name] })),
    },
    receivers: [{ name: "nobody" }],
    time_intervals: named.map(intervalOfFile),
  };
  const content = yamlText(configuration, { header: [] });
  const url = await startAlertmanager(await temporaryFolder([{ path: "a.yaml", content }]), "a.yaml");
  await postAlerts(
    url,
    named.map(({ name }) => ({ labels: { alertname: name } })),
  );
  const expected = named
    .map(({ name }) => name)
    .filter((_, i) => windowHolds(windows[i] as TimeWindowSpec, now));
  expect(expected.length).toBeGreaterThan(20);
  expect(expected.length).toBeLessThan(windows.length - 20);
  await expect.poll(() => mutedAlerts(url), { timeout: 10_000 }).toEqual(expected.sort());
}, 60_000);

test.each([
  [
    "a time zone that is none",
    { timeZone: "Europe/Nowhere", times: [{ weekdays: ["monday"] }] },
    "tz database",
  ],
  ["an end without a begin", { times: [{ to: "06:00" }] }, "both from and to"],
  ["hours that are none", { times: [{ from: "25:00", to: "06:00" }] }, "time of day"],
  ["no time at all", { times: [{ from: "06:00", to: "06:00" }] }, "must not end when it begins"],
  ["weekdays and dates", { times: [{ weekdays: ["monday"], dates: ["2026-12-24"] }] }, "not both"],
  ["a day that no calendar has", { times: [{ dates: ["2026-02-30"] }] }, "2026-12-24"],
  ["nothing", { times: [{}] }, "on which days or at which hours"],
])("%s is refused", (_what, window, message) => {
  expect(timeWindow.safeParse(window).error?.message).toContain(message);
});

/** Windows of which some hold at that moment: hours of all lengths, and days just before, on and after it. */
function windowsAround(now: number): fc.Arbitrary<TimeWindowSpec> {
  const days = [-2, -1, 0, 1, 2].map((n) => new Date(now + n * DAY_MS).toISOString().slice(0, 10));
  const time = fc
    .tuple(fc.nat(23), fc.constantFrom("00", "30"))
    .map(([hour, minute]) => `${String(hour).padStart(2, "0")}:${minute}`);
  const hours = fc.tuple(time, fc.oneof(time, fc.constant("24:00"))).filter(([from, to]) => from !== to);
  const on = fc.oneof(
    fc.constant({}),
    fc.subarray([...WEEK], { minLength: 1 }).map((weekdays) => ({ weekdays })),
    fc.subarray(days, { minLength: 1 }).map((dates) => ({ dates })),
  );
  const hoursOfDays = fc
    .tuple(on, fc.option(hours))
    .map(([which, span]) => ({ ...which, ...(span && { from: span[0], to: span[1] }) }))
    .filter((one) => Object.keys(one).length > 0);
  const timeZone = fc.constantFrom(
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
  );
  return fc.record({ timeZone, times: fc.array(hoursOfDays, { minLength: 1, maxLength: 2 }) });
}
