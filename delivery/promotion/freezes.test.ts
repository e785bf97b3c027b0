import { assert, constantFrom, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import type { Freeze } from "../../model/promotion.ts";
import { freezeAt } from "./freezes.ts";

const of = (freeze: Partial<Freeze>): Freeze => ({
  ...{ name: "frozen", reason: "Few people are there.", begins: "2026-12-20T00:00:00" },
  ...{ timeZone: "Europe/Berlin", lasts: "P14D", ...freeze },
});
const until = (freeze: Partial<Freeze>, at: string) =>
  freezeAt([of(freeze)], new Date(at))?.until.toISOString();

test.each<[string, Partial<Freeze>, string, string | undefined]>([
  ["once, its first moment", {}, "2026-12-19T23:00:00.000Z", "2027-01-02T23:00:00.000Z"],
  ["once, the moment before", {}, "2026-12-19T22:59:59.999Z", undefined],
  ["once, its end is no longer of it", {}, "2027-01-02T23:00:00.000Z", undefined],
  ["once, a year later", {}, "2027-12-24T00:00:00Z", undefined],
  ["each year", { repeats: "FREQ=YEARLY" }, "2031-12-24T00:00:00Z", "2032-01-02T23:00:00.000Z"],
  [
    "each year but one",
    { repeats: "FREQ=YEARLY", except: ["2027-12-20T00:00:00"] },
    "2027-12-24T00:00:00Z",
    undefined,
  ],
  ["each year for two years", { repeats: "FREQ=YEARLY;COUNT=2" }, "2028-12-24T00:00:00Z", undefined],
  ["until a moment", { repeats: "FREQ=YEARLY;UNTIL=20280101T000000Z" }, "2028-12-24T00:00:00Z", undefined],
  [
    "nights of the week",
    { begins: "2026-01-02T22:00:00", lasts: "PT8H", repeats: "FREQ=WEEKLY;BYDAY=FR" },
    "2026-07-04T03:00:00Z",
    "2026-07-04T04:00:00.000Z",
  ],
  [
    "a day that is an hour short",
    { begins: "2026-03-28T12:00:00", lasts: "P1D" },
    "2026-03-29T09:59:00Z",
    "2026-03-29T10:00:00.000Z",
  ],
  [
    "24 hours over a change of clocks",
    { begins: "2026-03-28T12:00:00", lasts: "PT24H" },
    "2026-03-29T10:59:00Z",
    "2026-03-29T11:00:00.000Z",
  ],
  [
    "an hour that comes twice begins the first time",
    { begins: "2026-10-25T02:30:00", lasts: "PT1H" },
    "2026-10-25T00:45:00Z",
    "2026-10-25T01:30:00.000Z",
  ],
  [
    "a leap day",
    { begins: "2024-02-29T00:00:00", lasts: "P1D", repeats: "FREQ=YEARLY" },
    "2028-02-29T12:00:00Z",
    "2028-02-29T23:00:00.000Z",
  ],
  [
    "a leap day, in other years",
    { begins: "2024-02-29T00:00:00", lasts: "P1D", repeats: "FREQ=YEARLY" },
    "2027-03-01T12:00:00Z",
    undefined,
  ],
  [
    "a rule of very long ago",
    { begins: "1900-01-05T22:00:00", lasts: "PT8H", repeats: "FREQ=WEEKLY" },
    "2026-07-04T03:00:00Z",
    "2026-07-04T04:00:00.000Z",
  ],
])("%s", (_what, freeze, at, expected) => {
  expect(until(freeze, at)).toBe(expected);
});

test("freezes that follow one another are one wait, and none keeps anybody for ever", () => {
  const nights = of({ name: "nights", begins: "2026-01-01T20:00:00", lasts: "PT12H", repeats: "FREQ=DAILY" });
  const days = of({ name: "day", begins: "2026-06-02T08:00:00", lasts: "PT12H" });
  const found = freezeAt([nights, days], new Date("2026-06-01T22:00:00Z"));
  expect(found?.freeze.name).toBe("nights");
  expect(found?.until.toISOString()).toBe("2026-06-03T06:00:00.000Z");
  const always = of({ begins: "2026-01-01T00:00:00", lasts: "P2D", repeats: "FREQ=DAILY" });
  expect(freezeAt([always], new Date("2026-06-01T22:00:00Z"))).toBeDefined();
});

// The same days by another way: each hour's local time as Intl has it.
test("what is frozen is what the calendar says hour by hour", () => {
  const zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"];
  const rules = property(
    record({
      timeZone: constantFrom(...zones),
      weekday: integer({ min: 0, max: 6 }),
      hour: integer({ min: 4, max: 20 }),
      length: integer({ min: 1, max: 40 }),
      at: integer({ min: 0, max: 365 * 24 }),
    }),
    ({ timeZone, weekday, hour, length, at }) => {
      // 2023-01-01 was a Sunday.
      const begins = `2023-01-0${weekday + 1}T${String(hour).padStart(2, "0")}:00:00`;
      const freeze = of({ timeZone, begins, lasts: `PT${length}H`, repeats: "FREQ=WEEKLY" });
      const moment = Date.UTC(2026, 0, 1) + at * 3_600_000 + 60_000;
      const isFrozen = beginningsBefore(moment, { timeZone, weekday, hour }).some(
        (begin) => moment < begin + length * 3_600_000,
      );
      expect(freezeAt([freeze], new Date(moment)) !== undefined).toBe(isFrozen);
    },
  );
  assert(rules, { numRuns: 150, seed: 9 });
});

function beginningsBefore(
  moment: number,
  { timeZone, weekday, hour }: { timeZone: string; weekday: number; hour: number },
): number[] {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const found: number[] = [];
  // Offsets are multiples of half an hour in these zones.
  const last = Math.floor(moment / 1_800_000) * 1_800_000;
  for (let time = last; time > moment - 8 * 86_400_000; time -= 1_800_000) {
    const parts = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
    if (parts.weekday === days[weekday] && Number(parts.hour) === hour && parts.minute === "00")
      found.push(time);
  }
  return found;
}
