import { definePromotion, type PromotionInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf, problemsOf } from "../tests/model-of.ts";
import { alerts, environments, gates, policies, services, shop, slos } from "../tests/shop.ts";

const refs = { services, environments, gates, alerts, slos };
const promotion = definePromotion(refs, {
  ledger: { kind: "git" },
  thirdParty: ["store"],
  environments: {
    local: { verification: { smoke: { command: ["npm", "run", "smoke"] } } },
    prod: {
      after: "local",
      soak: "24h",
      gates: ["release"],
      approvals: { cost: 1, security: 2 },
      prerequisites: ["smoke-tests", "previous-rollout-complete"],
      freezes: {
        holidays: {
          reason: "Few people are there.",
          begins: "2026-12-20T00:00:00",
          timeZone: "Europe/Berlin",
          lasts: "P14D",
          repeats: "FREQ=YEARLY",
        },
      },
      hotfix: { approvals: { security: 1 } },
      override: { role: "production-authority" },
      rollBackOn: { alerts: ["api-down", "order-success"], watch: "10m" },
    },
  },
});
const withPromotion = (changed: unknown) => ({
  ...shop,
  parts: [...shop.parts, { promotion: changed as PromotionInput }],
});
const wrong = (changed: unknown) => problemsOf([withPromotion(changed)], policies);
const { local, prod } = promotion.environments;
const withProd = (changed: object) => ({
  ...promotion,
  environments: { local, prod: { ...prod, ...changed } },
});
const withFreeze = (changed: object) =>
  withProd({ freezes: { nights: { ...prod?.freezes?.holidays, ...changed } } });

test("a promotion is resolved in the order of a release's way (WV-19)", () => {
  const [platform] = modelOf([withPromotion(promotion)], policies).platforms;
  const { origin: _origin, ...resolved } = platform?.promotion ?? {};
  expect(resolved).toMatchInlineSnapshot(`
    {
      "ledger": {
        "kind": "git",
        "ref": "refs/fairlead/shop",
        "remote": "origin",
      },
      "meets": [],
      "stops": [
        {
          "approvals": [],
          "deploy": {
            "kind": "lock-file",
          },
          "environment": "local",
          "freezes": [],
          "gates": [],
          "prerequisites": [],
          "rollBackOn": {
            "alerts": [],
            "watchSeconds": 0,
          },
          "soakSeconds": 0,
          "verification": [
            {
              "command": [
                "npm",
                "run",
                "smoke",
              ],
              "name": "smoke",
              "timeoutSeconds": 300,
            },
          ],
        },
        {
          "after": "local",
          "approvals": [
            {
              "count": 1,
              "role": "cost",
            },
            {
              "count": 2,
              "role": "security",
            },
          ],
          "deploy": {
            "kind": "lock-file",
          },
          "environment": "prod",
          "freezes": [
            {
              "begins": "2026-12-20T00:00:00",
              "lasts": "P14D",
              "name": "holidays",
              "reason": "Few people are there.",
              "repeats": "FREQ=YEARLY",
              "timeZone": "Europe/Berlin",
            },
          ],
          "gates": [
            "release",
          ],
          "hotfix": {
            "approvals": [
              {
                "count": 1,
                "role": "security",
              },
            ],
            "soakSeconds": 0,
          },
          "override": {
            "longestSeconds": 14400,
            "role": "production-authority",
          },
          "prerequisites": [
            "smoke-tests",
            "previous-rollout-complete",
          ],
          "rollBackOn": {
            "alerts": [
              "api-down",
              "order-success",
            ],
            "watchSeconds": 600,
          },
          "soakSeconds": 86400,
          "verification": [],
        },
      ],
      "thirdParty": [
        "store",
      ],
      "together": {},
    }
  `);
});

test.each<[string, unknown, string]>([
  ["an unknown environment", { ...promotion, environments: { local, prd: prod } }, 'did you mean "prod"'],
  ["an unknown service", { ...promotion, thirdParty: ["stor"] }, 'did you mean "store"'],
  ["an unknown gate", withProd({ gates: ["relese"] }), 'did you mean "release"'],
  [
    "an unknown alert",
    withProd({ rollBackOn: { alerts: ["api-don"], watch: "5m" } }),
    'did you mean "api-down"',
  ],
  [
    "a gate of other environments",
    { ...promotion, environments: { local: { ...local, gates: ["release"] }, prod } },
    "promotion/gate-elsewhere at promotion.environments.local.gates[0]",
  ],
  [
    "a circle",
    { ...promotion, environments: { local: { ...local, after: "prod" }, prod } },
    "promotion/cyclic",
  ],
  ["two beginnings", withProd({ after: undefined, soak: "0s", prerequisites: [] }), "promotion/two-roads"],
  [
    "a stop that is not on the way",
    { ...promotion, environments: { prod } },
    "promotion/not-on-the-way at promotion.environments.prod.after",
  ],
  [
    "an order that goes back",
    {
      ...promotion,
      environments: {
        prod: { ...prod, after: undefined, soak: "0s", prerequisites: [] },
        local: { after: "prod" },
      },
    },
    "promotion/wrong-order",
  ],
  [
    "a soak before the first",
    { ...promotion, environments: { local: { ...local, soak: "1h" }, prod } },
    "promotion/nothing-before at promotion.environments.local.soak",
  ],
  [
    "smoke tests that nobody runs",
    { ...promotion, environments: { local: {}, prod } },
    "promotion/nothing-before at promotion.environments.prod.prerequisites[0]",
  ],
  ["no approvals in production", withProd({ approvals: {} }), "promotion/open-production"],
  ["approvals of nobody", withProd({ approvals: { cost: 0 } }), "promotion.environments.prod.approvals.cost"],
  [
    "a role that is no word",
    withProd({ approvals: { "The Boss": 1 } }),
    "promotion.environments.prod.approvals",
  ],
  [
    "an override without a role",
    withProd({ override: { longest: "1h" } }),
    "promotion.environments.prod.override",
  ],
  [
    "a set with what no release brings",
    { ...promotion, together: { all: ["api", "store"] } },
    "promotion/third-party-set",
  ],
  [
    "a rule that is none",
    withFreeze({ repeats: "FREQ=OFTEN" }),
    "promotion.environments.prod.freezes.nights.repeats",
  ],
  [
    "a rule with more in it",
    withFreeze({ repeats: "FREQ=YEARLY\nEXDATE:20261220" }),
    "promotion.environments.prod.freezes.nights.repeats",
  ],
  [
    "a rule of no day",
    withFreeze({ repeats: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30" }),
    "promotion/freeze-never at promotion.environments.prod.freezes.nights.repeats",
  ],
  [
    "a beginning that is not of the rule",
    withFreeze({ repeats: "FREQ=WEEKLY;BYDAY=FR" }),
    'write "2026-12-25T00:00:00"',
  ],
  [
    "a beginning that clocks skip",
    withFreeze({ begins: "2026-03-29T02:30:00", repeats: undefined }),
    "promotion/freeze-begins",
  ],
  ["a freeze without end", withFreeze({ lasts: "P1D", repeats: "FREQ=DAILY" }), "promotion/freeze-unending"],
  ["a length of months", withFreeze({ lasts: "P1M" }), "promotion.environments.prod.freezes.nights.lasts"],
  [
    "a clock of nowhere",
    withFreeze({ timeZone: "Europe/Nowhere" }),
    "promotion.environments.prod.freezes.nights.timeZone",
  ],
  ["a ref that is none", { ...promotion, ledger: { kind: "git", ref: "main" } }, "promotion.ledger.ref"],
])("%s is a problem with its place", (_what, changed, told) => {
  expect(wrong(changed)).toContain(told);
});

test("a stage that exists is not skipped", () => {
  const staged = { ...environments.prod, stage: "staging" } as const;
  const parts = [
    ...shop.parts,
    { environments: { staging: staged } },
    { promotion: promotion as PromotionInput },
  ];
  expect(problemsOf([{ ...shop, parts }], policies)).toContain(
    "releases enter prod from local at once, and skip staging",
  );
});

test("names that do not exist are no TypeScript", () => {
  definePromotion(refs, {
    ledger: { kind: "git" },
    // @ts-expect-error no such service
    thirdParty: ["db"],
    // @ts-expect-error no such environment
    environments: { prd: {} },
  });
  // @ts-expect-error no such gate
  definePromotion(refs, { ledger: { kind: "git" }, environments: { prod: { gates: ["relese"] } } });
  definePromotion(refs, {
    ledger: { kind: "git" },
    // @ts-expect-error no such alert
    environments: { prod: { rollBackOn: { alerts: ["no-such"], watch: "5m" } } },
  });
});
