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
  withProd({ freezes: { nights: { ...prod?.freezes?.["holidays"], ...changed } } });

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
