// Against a real Prometheus that holds what the recording rules record: a budget with two incidents, one kept by group, one never recorded.
import { afterAll, beforeAll, expect, test } from "vitest";
import { manySignals } from "../alerts/fixtures/many-signals.ts";
import type { Slo } from "../model/model.ts";
import { modelOf } from "../tests/model-of.ts";
import { type Budget, readBudgets } from "./budgets.ts";
import { type Backfilled, backfilled } from "./fixtures/backfilled.ts";
import { connect } from "./prometheus.ts";

const END = Date.UTC(2026, 2, 31, 12) / 1000;
const at = new Date(END * 1000);
const HOUR = 3600;

const slos = modelOf([manySignals]).platforms.flatMap((platform) => platform.slos);
const plain = slos.find(({ by, period }) => by.length === 0 && period === "30d") as Slo;
const grouped = slos.find(({ by }) => by.length > 0) as Slo;
const silent = slos.find((slo) => slo !== plain && slo !== grouped) as Slo;

let server: Backfilled;
let budgets: Budget[];

beforeAll(async () => {
  const [group] = grouped.by;
  const lines = (
    name: string,
    { slo, more = "", seconds = 30 * 24 * HOUR }: { slo: Slo; more?: string; seconds?: number },
    value: (secondsBefore: number) => number,
  ) => {
    const labels = `{platform="${slo.labels.platform}",service="${slo.service}",slo="${slo.name}"${more}}`;
    const count = (seconds / HOUR) * 6;
    const places = Array.from({ length: count + 1 }, (_, i) => END - (count - i) * 600);
    return places.map((time) => `${name}${labels} ${value(END - time)} ${time}`);
  };
  // Ten days ago an hour at 36 times the rate, one day ago two hours at 12 times; nothing else.
  const within = (seconds: number, from: number, length: number) =>
    seconds <= from && seconds > from - length;
  const burn = (seconds: number) =>
    within(seconds, 240 * HOUR, HOUR) ? 36 : within(seconds, 24 * HOUR, 2 * HOUR) ? 12 : 0;
  const left = (seconds: number) => (seconds > 240 * HOUR ? 1 : seconds > 24 * HOUR ? 0.95 : 0.917);
  const of = (value: string) => ({ slo: grouped, more: `,${group}="${value}"` });
  const history = [
    "# TYPE slo:period_error_budget_remaining:ratio gauge",
    ...lines("slo:period_error_budget_remaining:ratio", { slo: plain }, left),
    ...lines("slo:period_error_budget_remaining:ratio", of("a"), () => -0.25),
    ...lines("slo:period_error_budget_remaining:ratio", of("b"), () => 1),
    "# TYPE slo:current_burn_rate:ratio gauge",
    ...lines("slo:current_burn_rate:ratio", { slo: plain }, burn),
    ...lines("slo:current_burn_rate:ratio", of("a"), () => 1.25),
    ...lines("slo:current_burn_rate:ratio", of("b"), () => 0),
    ...lines("slo:current_burn_rate:ratio", { ...of("c"), seconds: HOUR / 6 }, () => 72),
    "# EOF\n",
  ];
  server = await backfilled(history.join("\n"), "groups: []\n");
  budgets = await readBudgets(connect(server.url), { slos: [plain, grouped, silent], at });
});
afterAll(() => server?.end());

test("reads what the generated rules record", () => {
  const recorded = plain.recordingRules.map(({ record }) => record);
  expect(recorded).toEqual(
    expect.arrayContaining(["slo:period_error_budget_remaining:ratio", "slo:current_burn_rate:ratio"]),
  );
});

test("tells what is left, how fast it burns, and its course over the period", () => {
  const [budget] = budgets;
  expect(budget).toMatchObject({ left: 0.917, burn: 0, group: {} });
  const known = budget?.history.filter((value) => value !== undefined);
  expect(known?.[0]).toBe(1);
  expect(known?.at(-1)).toBe(0.917);
  expect(known).toContain(0.95);
});

test("the moments that cost most come first, with their highest rate and what went", () => {
  const worst = budgets[0]?.worst ?? [];
  expect(worst.map(({ burn }) => burn)).toEqual([36, 12]);
  const [first, second] = worst;
  // A place is half a day; an hour at 36 times the rate is 36 / 720 of thirty days' budget.
  expect(first?.from.getTime()).toBeLessThanOrEqual((END - 240 * HOUR) * 1000);
  expect(first?.to.getTime()).toBeGreaterThan((END - 240 * HOUR) * 1000);
  expect(first?.spent).toBeCloseTo(36 / 720, 2);
  expect(second?.spent).toBeCloseTo(24 / 720, 2);
});

test("groups are told apart, and neighbouring places are one moment", () => {
  const [, a, b] = budgets;
  const [group = ""] = grouped.by;
  expect(a).toMatchObject({ group: { [group]: "a" }, left: -0.25 });
  expect(a?.worst).toHaveLength(1);
  expect(b).toMatchObject({ group: { [group]: "b" }, left: 1, worst: [] });
});

test("of a place in which little was recorded only that counts", () => {
  // Ten minutes of a place's many hours at 72 times the rate: 72 / 60 of the budget if all of it had been so.
  const c = budgets.find((budget) => Object.values(budget.group).includes("c"));
  expect(c?.worst).toHaveLength(1);
  expect(c?.worst[0]?.spent).toBeGreaterThan(0);
  expect(c?.worst[0]?.spent).toBeLessThan(72 / 60 / 10);
});

test("a budget that nothing was recorded of has no numbers", () => {
  expect(budgets.at(-1)).toEqual({ slo: silent, group: {}, history: [], worst: [] });
});
