import type { BreakerInput, LimitInput, ModeInput, PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, problemsOf } from "../../tests/model-of.ts";
import { policies, shop } from "../../tests/shop.ts";

const breaker: BreakerInput = {
  title: "Payments",
  description: "Takes no payment.",
  service: "api",
  opens: { kind: "consecutive-failures", failures: 5 },
  recovers: { kind: "trial", after: ["1m"] },
  whileOpen: [{ do: "refuse-calls" }],
  shownBy: { metric: "shop_queue_depth" },
  alert: "queue-deep",
};
const mode: ModeInput = {
  title: "Closed",
  description: "No order.",
  service: "api",
  ladder: "night",
  rank: 0,
  works: { newWork: "refused", running: "pauses" },
  shownBy: { metric: "shop_queue_depth", value: 1 },
};
const limit: LimitInput = {
  title: "Orders",
  description: "More are refused.",
  service: "api",
  of: "orders",
  atMost: 100,
  per: "platform",
  reached: ["refuse"],
};
const withPart = (part: PlatformInput["parts"][number]): PlatformInput => ({
  ...shop,
  parts: [...shop.parts, part],
});
const found = (part: PlatformInput["parts"][number]) => problemsOf([withPart(part)], policies);

test("thresholds, windows and waits are numbers in the model", () => {
  const [platform] = modelOf([shop], policies).platforms;
  const [payments] = platform?.breakers ?? [];
  expect(payments?.opens).toEqual({ kind: "failure-rate", above: 0.5, windowSeconds: 300, minimumCalls: 10 });
  expect(payments?.recovers).toEqual({ kind: "trial", afterSeconds: [60, 120] });
  expect(payments?.shownBy.promql).toBe('shop_queue_depth{platform="shop",queue="payments"}');
  expect(platform?.modes.map(({ name, rank, calmSeconds }) => [name, rank, calmSeconds])).toEqual([
    ["selling", 0, undefined],
    ["closed", 1, 300],
  ]);
  expect(platform?.modes[1]?.entered).toEqual([{ signal: "backlog", is: ">=", value: 0.9 }]);
  expect(platform?.limits[0]).toMatchObject({
    atMost: 100,
    unit: "count",
    warnsAtRatio: 0.8,
    waitSeconds: [2, 4],
  });
});

test.each([
  ["100MB", 100_000_000, "bytes"],
  ["100Mi", 104_857_600, "bytes"],
  ["64GB", 64_000_000_000, "bytes"],
  ["30s", 30, "seconds"],
  ["16h", 57_600, "seconds"],
  ["5m", 300, "seconds"],
  ["80%", 0.8, "ratio"],
  [64, 64, "count"],
] as const)("a limit of %s is %d %s", (atMost, value, unit) => {
  const { platforms } = modelOf([withPart({ limits: { one: { ...limit, atMost } } })], policies);
  expect(platforms[0]?.limits.find(({ name }) => name === "one")).toMatchObject({ atMost: value, unit });
});

test("what a breaker, mode or limit refers to must exist", () => {
  expect(
    found({
      breakers: {
        wrong: { ...breaker, service: "apj", alert: "queue-deap", shownBy: { metric: "shop_queue_dept" } },
      },
      modes: { wrong: { ...mode, alert: "none" } },
      limits: { wrong: { ...limit, service: "web", alert: "none" } },
    }),
  ).toMatchInlineSnapshot(`
    "reference/unknown-service at breakers.wrong.service: no service "apj" in shop; it has "api", "store" → did you mean "api"?
    reference/unknown-metric at breakers.wrong.shownBy.metric: no metric "shop_queue_dept" in shop; it has "shop_disk_free_bytes", "shop_disk_size_bytes", "shop_double_charges_total", "shop_orders_total", "shop_queue_depth", "shop_request_duration_seconds" → did you mean "shop_queue_depth"?
    reference/unknown-alert at breakers.wrong.alert: no alert "queue-deap" in shop; it has "api-down", "disk-almost-full", "double-charge", "orders-failing", "orders-stopped", "queue-deep" → did you mean "queue-deep"?
    reference/unknown-alert at modes.wrong.alert: no alert "none" in shop; it has "api-down", "disk-almost-full", "double-charge", "orders-failing", "orders-stopped", "queue-deep" → name one of them, or add "none"
    reference/unknown-service at limits.wrong.service: no service "web" in shop; it has "api", "store" → name one of them, or add "web"
    reference/unknown-alert at limits.wrong.alert: no alert "none" in shop; it has "api-down", "disk-almost-full", "double-charge", "orders-failing", "orders-stopped", "queue-deep" → name one of them, or add "none""
  `);
});

test("a level closes by a level, and no higher than it opens", () => {
  const level = { kind: "level", above: "90%" } as const;
  expect(
    found({
      breakers: {
        "level-and-trial": { ...breaker, opens: level },
        "calls-and-level": { ...breaker, recovers: { kind: "level", below: "75%" } },
        overlapping: { ...breaker, opens: level, recovers: { kind: "level", below: "91%" } },
        right: { ...breaker, opens: level, recovers: { kind: "level", below: "90%" } },
      },
    }),
  ).toMatchInlineSnapshot(`
    "resilience/recovery-mismatch at breakers.calls-and-level.recovers.kind: what opens by "consecutive-failures" cannot close by "level" → close it by a trial or after a time
    resilience/recovery-mismatch at breakers.level-and-trial.recovers.kind: what opens by "level" cannot close by "trial" → close it by { kind: "level", below: … }
    resilience/recovery-mismatch at breakers.overlapping.recovers.below: it closes below 91% and opens above 90%: in between it does both → close it at 90% or below"
  `);
});

test("a share that nothing is above opens nothing", () => {
  const opens = { kind: "share-of-last", above: "100%", of: 10 } as const;
  expect(found({ breakers: { wrong: { ...breaker, opens } } })).toMatchInlineSnapshot(
    `"resilience/never-opens at breakers.wrong.opens.above: nothing is ever above 100% → choose a share below 100%"`,
  );
});

test("the alert of a breaker or mode must read what shows it", () => {
  expect(
    found({
      breakers: { wrong: { ...breaker, alert: "double-charge" } },
      modes: { wrong: { ...mode, alert: "api-down" } },
    }),
  ).toMatchInlineSnapshot(`
    "resilience/alert-elsewhere at breakers.wrong.alert: alert "double-charge" does not read shop_queue_depth, so that it does not tell of this → name an alert on shop_queue_depth
    resilience/alert-elsewhere at modes.wrong.alert: alert "api-down" does not read shop_queue_depth, so that it does not tell of this → name an alert on shop_queue_depth"
  `);
});

test("ranks of a ladder are 0, 1, 2, … each once", () => {
  expect(
    found({ modes: { first: { ...mode, rank: 1 }, twice: { ...mode, rank: 1 } } }),
  ).toMatchInlineSnapshot(
    `"resilience/ladder at modes.first.rank: ladder "night" has no single mode of rank 0 → give its modes the ranks 0, 1, 2, … each once"`,
  );
});

test("a limit is in the unit of the metric that shows it", () => {
  const limits = { wrong: { ...limit, atMost: "30s" as const, shownBy: { metric: "shop_disk_free_bytes" } } };
  expect(found({ limits })).toMatchInlineSnapshot(
    `"resilience/wrong-unit at limits.wrong.atMost: the limit is in seconds, and shop_disk_free_bytes in bytes → write it in bytes"`,
  );
});

test("amounts without sense are refused", () => {
  const amounts = [0, -1, "100 MB", "5 min", "120%"] as const;
  const limits = Object.fromEntries(
    amounts.map((atMost, i) => [`l${i}`, { ...limit, atMost: atMost as never }]),
  );
  expect(
    found({ limits })
      .split("\n")
      .filter((line) => /^\S/.test(line)),
  ).toHaveLength(amounts.length);
});
