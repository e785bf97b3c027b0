import fc from "fast-check";
import { expect, test } from "vitest";
import { periodStart } from "../model/alerting/calendar.ts";
import { promtool } from "./fixtures/promtool.ts";
import { temporaryFolder } from "./fixtures/temporary-folder.ts";

const seconds = (text: string) => Date.parse(`${text}Z`) / 1000;

/** What a calendar says: the first of the month or of the quarter, at midnight UTC. */
function begin(period: string, at: number): number {
  const date = new Date(at * 1000);
  const month = date.getUTCMonth();
  return Date.UTC(date.getUTCFullYear(), period === "calendar-month" ? month : month - (month % 3)) / 1000;
}

const edges = ["01-01", "02-28", "03-01", "03-31", "04-01", "06-30", "07-01", "09-30", "10-01", "12-31"];
const moments = [
  // A common year, a leap year, and the centuries that are one and are none.
  ...["1970", "1972", "2000", "2026", "2028", "2100"].flatMap((year) =>
    edges.flatMap((day) => [seconds(`${year}-${day}T00:00:00`), seconds(`${year}-${day}T23:59:59`)]),
  ),
  seconds("2028-02-29T12:00:00"),
  ...fc.sample(fc.integer({ min: 0, max: seconds("2105-01-01T00:00:00") }), { numRuns: 200, seed: 2026 }),
];

test("the first day of a month and of a quarter is found whatever the year", async () => {
  const expectations = ["calendar-month", "calendar-quarter"].flatMap((period) =>
    moments.map((at) => ({
      expr: periodStart(period),
      eval_time: `${at}s`,
      exp_samples: [{ labels: "{}", value: begin(period, at) }],
    })),
  );
  const tests = {
    evaluation_interval: "40000d",
    tests: [{ interval: "1d", promql_expr_test: expectations }],
  };
  const folder = await temporaryFolder([{ path: "test.yaml", content: JSON.stringify(tests) }]);
  expect(await promtool(["test", "rules", "test.yaml"], folder)).toEqual({
    ok: true,
    said: expect.any(String),
  });
});
