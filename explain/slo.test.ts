import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

const model = modelOf([shop], policies);
const explained = (id: string) => findEntries(model, id).map(explain);

test("an SLO is explained with its arithmetic in numbers, time to fire and what uses it", () => {
  const [slo] = explained("shop/order-success");
  expect(slo?.meaning).toMatchInlineSnapshot(
    `"99.9% of the events must be good over 30 days; 0.1% may fail, as much as 43 min 12 s of nothing but failures. Customers see an error page."`,
  );
  expect(slo?.facts).toMatchInlineSnapshot(`
    {
      "budget": "1 - 99.9% = 0.1%, of 30 d that is 43 min 12 s",
      "events needed": "50 in the long window",
      "held for": "0s: the long window has waited already; missing data 10m: a rollout's gap and Prometheus' look-back of five minutes are over by then",
      "measures": "bad events among all",
      "service": "api",
      "without traffic": "counts as good",
    }
  `);
  expect(slo?.tables).toMatchInlineSnapshot(`
    [
      {
        "rows": [
          [
            "TIER",
            "KIND",
            "WINDOWS",
            "SHARE × PERIOD ÷ LONG WINDOW",
            "FACTOR × BUDGET",
            "AT 100% ERRORS",
            "AT 10%",
            "AT 1%",
          ],
          [
            "page-quick",
            "page",
            "5m / 1h",
            "2% × 30 d ÷ 1h = 14.4",
            "14.4 × 0.001 = 0.0144",
            "52 s",
            "8 min 38 s",
            "never",
          ],
          [
            "page-slow",
            "page",
            "30m / 6h",
            "5% × 30 d ÷ 6h = 6",
            "6 × 0.001 = 0.006",
            "2 min 10 s",
            "21 min 36 s",
            "3 h 36 min",
          ],
          [
            "ticket-quick",
            "ticket",
            "2h / 1d",
            "10% × 30 d ÷ 1d = 3",
            "3 × 0.001 = 0.003",
            "4 min 19 s",
            "43 min 12 s",
            "7 h 12 min",
          ],
          [
            "ticket-slow",
            "ticket",
            "6h / 3d",
            "10% × 30 d ÷ 3d = 1",
            "1 × 0.001 = 0.001",
            "4 min 19 s",
            "43 min 12 s",
            "7 h 12 min",
          ],
        ],
        "title": "When it fires (Google SRE Workbook, ch. 5)",
      },
      {
        "rows": [
          [
            "page-quick",
            "45 s",
          ],
          [
            "page-slow",
            "2 min 45 s",
          ],
          [
            "ticket-quick",
            "2 min 45 s",
          ],
          [
            "ticket-slow",
            "2 min 45 s",
          ],
        ],
        "title": "Until it is seen, on top of that and at most, in prod",
      },
    ]
  `);
  expect(slo?.told).toMatchInlineSnapshot(`
    [
      {
        "of": "critical",
        "who": [
          {
            "environments": [
              "local",
            ],
            "receivers": [
              "pager (webhook http://127.0.0.1:9095/pager)",
              "chat (webhook http://127.0.0.1:9095/chat)",
            ],
          },
          {
            "environments": [
              "prod",
            ],
            "receivers": [
              "pager (PagerDuty, key alertmanager-pager/routing-key)",
              "chat (Slack #shop-alerts, address alertmanager-chat/url)",
            ],
          },
        ],
      },
      {
        "of": "warning",
        "who": [
          {
            "environments": [
              "local",
            ],
            "receivers": [
              "chat (webhook http://127.0.0.1:9095/chat)",
            ],
          },
          {
            "environments": [
              "prod",
            ],
            "receivers": [
              "chat (Slack #shop-alerts, address alertmanager-chat/url)",
            ],
          },
        ],
      },
    ]
  `);
  expect(slo?.usedBy).toMatchInlineSnapshot(`
    [
      "alert order-success-page-quick",
      "alert order-success-page-slow",
      "alert order-success-ticket-quick",
      "alert order-success-ticket-slow",
      "alert order-success-absent",
      "dashboard orders, "Orders by outcome"",
      "dashboard slo-overview, "order-success: budget left"",
      "dashboard slo-overview, "order-success: burn rate"",
      "load profile smoke",
      "gate release",
    ]
  `);
});

test("tiers that can never fire say why, and nobody is told of them", () => {
  const loose = structuredClone(shop) as typeof shop;
  Object.assign(loose.parts[1]?.slos?.["order-success"] ?? {}, { objective: "80%" });
  const [slo] = findEntries(modelOf([loose], policies), "order-success").map(explain);
  expect(slo?.facts["can never fire"]).toMatchInlineSnapshot(
    `"page-quick, since 288% of all events cannot fail; page-slow, since 120% of all events cannot fail"`,
  );
  expect(slo?.told.map(({ of }) => of)).toEqual(["warning"]);
});
