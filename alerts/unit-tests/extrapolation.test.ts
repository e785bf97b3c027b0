import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { promtool } from "../fixtures/promtool.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { yamlText } from "../yaml.ts";
import { increases } from "./extrapolation.ts";
import { counterValues, exact, phases, valuesText } from "./series.ts";

const STEP_SECONDS = 60;
const WINDOWS = [120, 150, 300, 600, 1800];

test("increases are those of Prometheus, through restarts, gaps and the beginning of a series", async () => {
  const run = fc.tuple(fc.double({ min: 0, max: 1000, noNaN: true }), fc.integer({ min: 1, max: 12 }));
  const counter = fc.record({
    additions: fc.array(run, { minLength: 2, maxLength: 5 }),
    restarts: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
    gaps: fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
  });
  const all = fc
    .sample(counter, { numRuns: howMany(60, 1000), seed: 20_261_121 })
    .map(({ additions, restarts, gaps }) => {
      const values = counterValues(phases(...additions).map(exact), restarts);
      return values.map((value, i) => (gaps.includes(i) ? null : value));
    });
  const expectations = all.flatMap((values, series) =>
    WINDOWS.flatMap((windowSeconds) => {
      const moments = values.map((_, i) => i);
      const track = increases({ values }, { windowSeconds, stepSeconds: STEP_SECONDS, moments });
      return moments
        .filter((i) => i % 3 === 0)
        .map((at) => expectation({ series, windowSeconds, at, value: track[at] }));
    }),
  );
  const content = yamlText(
    {
      evaluation_interval: "1m",
      tests: [
        {
          interval: "1m",
          input_series: all.map((values, series) => ({
            series: `c{n="${series}"}`,
            values: valuesText(values),
          })),
          promql_expr_test: expectations,
        },
      ],
    },
    { header: [] },
  );
  expect(expectations.length).toBeGreaterThan(1000);
  const folder = await temporaryFolder([{ path: "test.yaml", content }]);
  expect(await promtool(["test", "rules", "test.yaml"], folder)).toMatchObject({ ok: true });
});

function expectation(of: { series: number; windowSeconds: number; at: number; value: number | undefined }) {
  const increase = `increase(c{n="${of.series}"}[${of.windowSeconds}s])`;
  const eval_time = `${of.at}m`;
  if (of.value === undefined) return { expr: increase, eval_time, exp_samples: [] };
  const near = `abs(${increase} - ${of.value}) <= bool ${1e-9 * Math.max(1, of.value)}`;
  return { expr: near, eval_time, exp_samples: [{ labels: `{n="${of.series}"}`, value: 1 }] };
}
