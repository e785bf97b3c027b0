import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, slos } from "../tests/shop.ts";
import { type Part, shopWith } from "../tests/shop-with.ts";
import { asking } from "../tests/try-lint.ts";
import type { CheckContext } from "./check.ts";
import { lints } from "./lints.ts";
import { runAlone, told } from "./run-alone.ts";

const low = {
  slos: { ...slos, "order-latency": { ...slos["order-latency"], objective: "80%" } },
} satisfies Partial<Part>;
type Allowed = NonNullable<Part["allow"]>[number];
const allowed: Allowed = {
  rule: "lint/dead-tier",
  at: "slos.order-latency",
  reason: "tickets are enough for it",
  until: "2027-03-31",
};

const check = (changed: Partial<Part>, given: Partial<CheckContext> = {}) =>
  runAlone(lints, {
    model: modelOf([shopWith(changed)], policies),
    locate: ({ path }) => ({ file: path.join("/"), line: 1, column: 1, exact: true }),
    ...given,
  });
const withAllowed = (...more: Partial<Allowed>[]) => ({
  ...low,
  allow: more.map((one) => ({ ...allowed, ...one })),
});

test("the shop has no finding", async () => expect(await check({})).toEqual([]));

test("a finding is a problem at the offending place, with the fix", async () => {
  const places: unknown[] = [];
  const [problem, ...others] = await check(asking("sum(rate(shop_queue_depth[5m])) > 1"), {
    locate: (place) => {
      places.push(place);
      return { file: "catalog/alerts.ts", line: 3, column: 9, exact: true };
    },
  });
  expect(others).toEqual([]);
  expect(places).toEqual([
    { platform: "shop", path: ["parts", 0, "alerts", "orders-stopped", "when", "expr"], offset: 4 },
  ]);
  expect(problem).toMatchObject({
    rule: "lint/rate-of-gauge",
    severity: "error",
    location: { file: "catalog/alerts.ts", line: 3, column: 9 },
    fix: "use delta() or deriv(), or count the events with a counter",
  });
});

test("what several entries share is told once", async () => {
  const one = { file: "catalog/runbooks.ts", line: 1, column: 1, exact: true };
  const runbook = {
    meaning: "m",
    impact: "i",
    diagnosis: [{ do: "Look.", query: "rate(shop_queue_depth[5m])" }],
    mitigation: [{ do: "Wait." }],
  };
  const changed = {
    slos: {
      "order-success": { ...slos["order-success"], runbook },
      "order-latency": { ...slos["order-latency"], runbook },
    },
  };
  expect(await check(changed, { locate: () => one })).toHaveLength(1);
  expect(await check(changed)).toHaveLength(2);
});

test("what is allowed with a reason is not told, up to its last day", async () => {
  expect(told(await check(low))).toContain("lint/dead-tier");
  expect(await check(withAllowed({}))).toEqual([]);
  expect(await check(withAllowed({}), { today: "2027-03-31" })).toEqual([]);
  for (const at of ["slos.order-*.objective", "slos.*", "*", "slos.*-lat*.obj*ive", "*order-latency"])
    expect(await check(withAllowed({ at })), at).toEqual([]);
});

test("an allowance that has expired is a problem, and allows nothing", async () => {
  const problems = await check(withAllowed({}), { today: "2027-04-01" });
  expect(problems.map(({ rule, severity, path }) => `${severity} ${rule} ${path}`)).toEqual([
    "warning lint/dead-tier slos.order-latency.objective",
    "error lint/allowance-expired allow[0].until",
  ]);
});

test.each([
  [{ at: "slos.order-success" }, 'lint/dead-tier finds nothing at "slos.order-success"', "allow[1].at"],
  [{ at: "slos.order-late" }, 'lint/dead-tier finds nothing at "slos.order-late"', "allow[1].at"],
  [{ at: "slos.*-late" }, 'lint/dead-tier finds nothing at "slos.*-late"', "allow[1].at"],
  [{ at: `${"*a".repeat(100)}` }, `lint/dead-tier finds nothing at "${"*a".repeat(100)}"`, "allow[1].at"],
  [{ at: "slos+order-latency" }, 'lint/dead-tier finds nothing at "slos+order-latency"', "allow[1].at"],
  [{ rule: "lint/dead-teir" }, 'there is no lint "lint/dead-teir"', "allow[1].rule"],
])("%j allows nothing, which is a problem", async (other, message, path) => {
  const problems = await check(withAllowed({}, other));
  expect(problems).toMatchObject([{ rule: "lint/allowance-unused", severity: "warning", message, path }]);
});
