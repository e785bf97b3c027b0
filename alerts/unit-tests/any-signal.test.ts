import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import type { AlertInput } from "../../catalog/alert.ts";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import { howMany } from "../../tests/how-many.ts";
import { modelOf } from "../../tests/model-of.ts";
import { manySignals } from "../fixtures/many-signals.ts";
import { promtool } from "../fixtures/promtool.ts";
import { temporaryFolder } from "../fixtures/temporary-folder.ts";
import { alerts } from "../index.ts";

type When = AlertInput["when"];

const is = fc.constantFrom(">", ">=", "<", "<=");
const value = fc.oneof(
  fc.constantFrom(0.5, 1, 3, 0.1, 1e6),
  fc.double({ min: 0.01, max: 1000, noNaN: true }),
);
const percent = fc.oneof(
  fc.constantFrom("0.1%", "10%", "50%", "99.9%"),
  fc.integer({ min: 1, max: 998 }).map((n) => `${n / 10}%`),
);
const window = fc.constantFrom("1m", "5m", "7m", "1h", "1d");
const outcome = fc.constantFrom("failed", ["failed", "late"], { not: "ok" });

function forecast() {
  const lengths = fc.constantFrom(
    { within: "4h", basedOn: "1h" },
    { within: "1d", basedOn: "2h" },
    { within: "3h", basedOn: "1d" },
    { within: "end-of-day", basedOn: "1h" },
  );
  const ofAll = fc.record({
    reaches: fc.constantFrom("100%", "90%", "33.3%"),
    of: fc.record({
      metric: fc.constant("limit_bytes"),
      aggregate: fc.constantFrom("max", "min", "sum", "avg"),
    }),
    by: fc.constantFrom([], ["pod"], ["instance", "pod"]),
  });
  const number = fc.record({ reaches: value, by: fc.constantFrom([], ["state"]) });
  const what = fc.record({
    kind: fc.constant("forecast"),
    metric: fc.constant("waiting"),
    where: fc.constantFrom({}, { state: "old" }, { state: { not: ["new", "done"] } }),
    aggregate: fc.constantFrom("max", "min", "sum", "avg"),
    trend: fc.constantFrom("rising", "falling"),
  });
  return fc
    .tuple(what, fc.oneof(ofAll, number), lengths)
    .map(([one, limit, time]) => ({ ...one, ...limit, ...time }));
}

// Together with the shop's and the other fixture's alerts: any combination of what the catalog allows and that makes sense.
const when = fc.oneof(
  fc.record({
    kind: fc.constant("threshold"),
    metric: fc.constant("waiting"),
    where: fc.constantFrom({}, { state: "old" }, { state: { not: ["new", "done"] } }),
    aggregate: fc.constantFrom("max", "min", "sum", "avg"),
    by: fc.constantFrom([], ["state"], ["instance"], ["pod", "instance"]),
    is,
    value: fc.oneof(
      value,
      value.map((n) => -n),
    ),
  }),
  fc.record({
    kind: fc.constant("gauge-ratio"),
    part: fc.constantFrom({ metric: "waiting", where: { state: "old" } }, { metric: "used_bytes" }),
    whole: fc.constant({ metric: "waiting" }),
    by: fc.constantFrom([], ["instance"], ["pod"]),
    is,
    value: percent,
  }),
  fc.record({
    kind: fc.constant("event-ratio"),
    part: fc.oneof(
      outcome.map((one) => ({ metric: "calls_total", where: { outcome: one } })),
      fc.constant({ metric: "retries_total" }),
    ),
    whole: fc.constantFrom(
      { metric: "calls_total" },
      { metric: "calls_total", where: { route: { not: "/health" } } },
    ),
    window,
    by: fc.constantFrom([], ["provider"], ["instance", "provider"]),
    is,
    value: percent,
    minimumEvents: fc.integer({ min: 1, max: 5000 }),
  }),
  fc.record({
    kind: fc.constant("increase"),
    metric: fc.constant("calls_total"),
    where: fc.oneof(
      fc.constant({}),
      outcome.map((one) => ({ outcome: one })),
    ),
    window,
    by: fc.constantFrom([], ["provider"], ["pod"]),
    is: fc.constantFrom(">", ">="),
    value: fc.oneof(value, fc.integer({ min: 1, max: 50 })),
  }),
  forecast(),
  fc.constant({ kind: "target-down" }),
);
const alert = fc.record({ when, for: fc.constantFrom("0s", "0s", "30s", "5m", "90m") });

const COUNT = Number(process.env.SIGNALS ?? howMany(40, 600));

test("whatever a structured alert asks for, it behaves as its test says", async () => {
  const sampled = fc.sample(alert, { numRuns: COUNT, seed: 20_261_121 });
  const special = [
    {
      kind: "event-ratio",
      part: { metric: "retries_total" },
      whole: { metric: "calls_total" },
      window: "1h",
      is: ">=",
      value: "100%",
      minimumEvents: 3,
    },
    {
      kind: "event-ratio",
      part: { metric: "retries_total" },
      whole: { metric: "calls_total" },
      window: "1h",
      is: ">",
      value: "0%",
      minimumEvents: 3,
    },
    {
      kind: "gauge-ratio",
      part: { metric: "used_bytes" },
      whole: { metric: "limit_bytes" },
      is: ">=",
      value: "100%",
    },
    {
      kind: "gauge-ratio",
      part: { metric: "used_bytes" },
      whole: { metric: "limit_bytes" },
      is: "<=",
      value: "0%",
    },
    {
      kind: "forecast",
      metric: "score_ratio",
      aggregate: "min",
      trend: "falling",
      reaches: "0%",
      from: "20%",
      within: "4h",
      basedOn: "1h",
    },
    {
      kind: "forecast",
      metric: "used_bytes",
      aggregate: "max",
      by: ["instance"],
      trend: "rising",
      reaches: "80%",
      of: { metric: "limit_bytes", aggregate: "avg" },
      from: "79%",
      within: "2h",
      basedOn: "30m",
    },
    { kind: "threshold", metric: "waiting", aggregate: "min", is: ">=", value: 0 },
    { kind: "threshold", metric: "waiting", aggregate: "sum", is: "<", value: 0 },
  ].map((one) => ({ when: one, for: "0s" }));
  const entries = [...sampled, ...special].map((one, i): [string, object] => [
    `a${i}`,
    { ...common, ...one, when: one.when as When },
  ]);
  const own = new Map(entries);
  const model = modelOf([platformWith(Object.fromEntries(own))]);
  const [platform] = model.platforms;
  if (!platform) throw new Error("no platform");
  const artifacts = alerts({
    ...model,
    platforms: [{ ...platform, slos: [], alerts: platform.alerts.filter((a) => own.has(a.name)) }],
  });
  const folder = await temporaryFolder(artifacts);
  const tests = artifacts.filter(({ path }) => path.includes("/tests/"));
  expect(tests).toHaveLength(entries.length);
  for (const { path, content } of tests) {
    const { tests } = parse(content) as { tests: { alert_rule_test: { exp_alerts: unknown[] }[] }[] };
    const fires = tests.flatMap((one) => one.alert_rule_test).map(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(fires), `${path}: ${content}`).toEqual(new Set([true, false]));
  }
  const results = await twoAtATime(tests, ({ path }) => promtool(["test", "rules", path], folder));
  expect(results.filter(({ ok }) => !ok).map(({ said }) => said)).toEqual([]);
}, 3_600_000);

const common = {
  summary: "It happens",
  description: "It does.",
  severity: "warning" as const,
  service: "api",
  runbook: { meaning: "m", impact: "i", diagnosis: [{ do: "d" }], mitigation: [{ do: "m" }] },
};

function platformWith(own: Record<string, unknown>): typeof manySignals {
  const panel = {
    ...{
      title: "Panel",
      description: "All.",
      type: "stat",
      unit: "count",
      queries: [{ expr: "sum(waiting)" }],
    },
    alerts: Object.keys(own),
  };
  const dashboard = { title: "More", description: "More.", rows: [{ title: "Row", panels: [panel] }] };
  return {
    ...manySignals,
    parts: [
      ...manySignals.parts,
      { alerts: own, dashboards: { more: dashboard } } as (typeof manySignals.parts)[number],
    ],
  };
}
