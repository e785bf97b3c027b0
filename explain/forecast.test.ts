import { expect, test } from "vitest";
import { manySignals } from "../alerts/fixtures/many-signals.ts";
import { modelOf } from "../tests/model-of.ts";
import { environments, policies, shop } from "../tests/shop.ts";
import { toldInSteps } from "../tests/told-in-steps.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

const many = modelOf([manySignals]);
const explained = (id: string, model = many) => findEntries(model, id).map(explain)[0];

test("a forecast is explained in words and numbers, with what asks how long it lasts", () => {
  const forecast = explained("disk-filling");
  expect(forecast?.tables).toMatchInlineSnapshot(`
    [
      {
        "rows": [
          [
            "fires while",
            "the max of used_bytes of each pod rises to 90% of the min of limit_bytes within 4h, if the trend of the last 6h goes on",
          ],
          [
            "a straight line through",
            "60 points of the last 6h, one each 6 min; at least 45 of them: 4 h 30 min of history",
          ],
          [
            "silent",
            "before 40% of the min of limit_bytes, and where it is there already, which is another alert's matter",
          ],
        ],
        "title": "Forecast",
      },
      {
        "rows": [
          [
            "STILL TO GO",
            "WAY ÷ TIME",
          ],
          [
            "45%",
            "45% ÷ 4h = 11.25% an hour",
          ],
          [
            "22.5%",
            "22.5% ÷ 4h = 5.625% an hour",
          ],
          [
            "9%",
            "9% ÷ 4h = 2.25% an hour",
          ],
        ],
        "title": "The slowest pace that fires",
      },
    ]
  `);
  expect(forecast?.queries[1]?.promql).toMatchInlineSnapshot(
    `"(0.9 * min by (pod) (limit_bytes{platform="many"}) - max by (pod) (used_bytes{platform="many"})) / (deriv(max by (pod) (used_bytes{platform="many"})[6h:6m]) > 0)"`,
  );
  expect(forecast?.facts["time to fire"]).toMatchInlineSnapshot(
    `"7 min after the condition holds, at most; that is, a steady trend 4h before it is there; what is new after 4 h 30 min"`,
  );
  expect(explained("no-failure-budget-forecast")?.tables[0]?.rows[0]?.[1]).toMatchInlineSnapshot(
    `"what is left of the error budget falls to nothing within 4d, if the trend of the last 12h goes on"`,
  );
});

test("why an alert waits is told with how long", () => {
  expect(explained("shop/queue-deep", modelOf([shop], policies))?.facts.fires).toBe(
    "after 10m: a wave of orders is worked off within minutes",
  );
});

test("an alert is evaluated, and told, at the pace of each environment", () => {
  const local = { ...environments.local, pace: "drill" } as const;
  const parts = shop.parts.map((part) => ({
    ...part,
    ...(part.environments && { environments: { ...environments, local } }),
  }));
  const drilled = modelOf([{ ...shop, parts }], policies);
  const facts = (id: string) => {
    const { evaluated, "then told": told, "time to fire": time } = explained(id, drilled)?.facts ?? {};
    return [evaluated, time, told];
  };
  expect(facts("shop/queue-deep")).toEqual([
    "every 1 s in local; every 30 s in prod",
    "10 min 1 s in local; 10 min 30 s in prod after the condition holds, at most",
    "at once in local; 30 s later, with others of its name in prod",
  ]);
  expect(facts("shop/api-down")).toEqual([
    "every 1 s in local; every 5 s in prod",
    "1 s in local; 5 s in prod after the condition holds, at most",
    "at once",
  ]);
});

test("who is told after 15 minutes without a silence is among who is told", () => {
  const told = explained("shop/api-down", modelOf([toldInSteps], policies))?.told[0]?.who[0];
  expect(told?.later).toEqual([
    { after: "15m", receivers: ["second (webhook http://127.0.0.1:9095/second)"] },
    {
      after: "45m",
      receivers: [
        "lead (webhook http://127.0.0.1:9095/lead)",
        "second (webhook http://127.0.0.1:9095/second)",
      ],
    },
  ]);
});
