import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, metrics as shopMetrics } from "../tests/shop.ts";
import { type Part, shopWith } from "../tests/shop-with.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

type Flag = NonNullable<Part["flags"]>[string];
type Metric = NonNullable<Part["metrics"]>[string];

const baskets: Flag = {
  title: "Baskets",
  description: "The new baskets.",
  service: "api",
  variants: { stable: "paper", canary: "cotton" },
  steps: ["0.5%", "20%"],
};
const counts: Metric = {
  type: "counter",
  class: "technical",
  help: "Orders by the side that they are on.",
  services: ["api"],
  labels: { flag: ["baskets"], side: ["stable", "canary"] },
};

function explained(flag: Flag, counter: Metric) {
  const metrics = { ...shopMetrics, shop_flag_evaluations_total: counter };
  const model = modelOf([shopWith({ flags: { baskets: flag }, metrics })], policies);
  return findEntries(model, "shop/baskets").map(explain)[0];
}

test("a flag says its sides, its steps, what tells them apart, and how it is back at once (WV-19)", () => {
  const flag = explained(baskets, counts);
  expect(flag).toMatchObject({
    id: "shop/baskets",
    kind: "flag",
    title: "Baskets",
    meaning: "The new baskets.",
  });
  expect(flag?.facts).toMatchInlineSnapshot(`
    {
      "back at once": "give generated/flags/shop/baskets/stable.json to flagd, or its member flags.baskets to the orchestrator: PUT /v1/flags/baskets",
      "decided": "each run by itself, when it starts; it is on that side to its end",
      "once answered": "nothing starts on the canary any more; what started on it ends there",
      "service": "api",
      "told apart by": "shop_flag_evaluations_total, label side, where flag is "baskets"",
    }
  `);
  expect(flag?.tables).toMatchInlineSnapshot(`
    [
      {
        "rows": [
          [
            "VARIANT",
            "VALUE",
          ],
          [
            "stable",
            "paper",
          ],
          [
            "canary",
            "cotton",
          ],
        ],
        "title": "Variants",
      },
      {
        "rows": [
          [
            "SHARE",
            "WEIGHT",
            "DEFINITION",
          ],
          [
            "none",
            "0",
            "generated/flags/shop/baskets/stable.json",
          ],
          [
            "0.5%",
            "5 of 1000",
            "generated/flags/shop/baskets/0.5-percent.json",
          ],
          [
            "20%",
            "20 of 100",
            "generated/flags/shop/baskets/20-percent.json",
          ],
        ],
        "title": "Steps of the canary",
      },
    ]
  `);
  expect(flag?.queries[0]?.promql).toBe(
    'sum by (side) (increase(shop_flag_evaluations_total{platform="shop",flag="baskets"}[1h]))',
  );
});

test.each<[string, Metric["labels"]]>([
  ["counts another flag", { flag: ["bags"], side: ["stable", "canary"] }],
  ["does not know both sides", { flag: ["baskets"], side: ["stable"] }],
  ["leaves its labels open", { flag: { atMost: 3 }, side: { atMost: 2 } }],
])("a metric that %s is not named", (_what, labels) => {
  const flag = explained({ ...baskets, by: "project" }, { ...counts, labels });
  expect(flag?.facts["told apart by"]).toBe(
    "no metric: none of api has a label with this flag's name and one with stable and canary",
  );
  expect(flag?.facts.decided).toContain("each project");
  expect(flag?.queries).toEqual([]);
});
