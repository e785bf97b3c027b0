import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

const model = modelOf([shop], policies);
const explained = (id: string) => findEntries(model, id).map(explain);

test("an alert is found by its name in Prometheus too, and says how soon it fires and who is told where", () => {
  const [alert] = explained("QueueDeep");
  expect(alert).toMatchInlineSnapshot(`
    {
      "defined": {
        "label": "alerts.queue-deep",
        "path": [
          "parts",
          1,
          "alerts",
          "queue-deep",
        ],
        "platform": "shop",
      },
      "facts": {
        "evaluated": "every 30 s",
        "fires": "after 10m: a wave of orders is worked off within minutes",
        "name in Prometheus": "QueueDeep",
        "panel": "dashboard orders, panel 2",
        "service": "api",
        "severity": "warning",
        "then told": "30 s later, with others of its name",
        "time to fire": "10 min 30 s after the condition holds, at most",
      },
      "id": "shop/queue-deep",
      "kind": "alert",
      "meaning": "Orders fail.",
      "pages": [
        {
          "links": {
            "local": "http://127.0.0.1:8000/shop/queue-deep.html",
            "prod": "https://runbooks.shop.example/shop/queue-deep.html",
          },
          "title": "runbook",
        },
        {
          "links": {
            "local": "http://127.0.0.1:3000/d/shop-orders/orders?viewPanel=panel-2",
            "prod": "https://grafana.shop.example/d/shop-orders/orders?viewPanel=panel-2",
          },
          "title": "panel",
        },
      ],
      "queries": [
        {
          "links": {
            "local": "http://127.0.0.1:9090/query?g0.expr=max%20by%20(queue)%20(shop_queue_depth%7Bplatform%3D%22shop%22%7D)%20%3E%20100&g0.tab=0",
            "prod": "https://prometheus.shop.example/query?g0.expr=max%20by%20(queue)%20(shop_queue_depth%7Bplatform%3D%22shop%22%7D)%20%3E%20100&g0.tab=0",
          },
          "promql": "max by (queue) (shop_queue_depth{platform="shop"}) > 100",
          "title": "fires while this gives a result",
        },
      ],
      "tables": [
        {
          "rows": [
            [
              "compared",
              "> 100",
            ],
            [
              "taken together by",
              "max",
            ],
            [
              "kept apart",
              "queue",
            ],
          ],
          "title": "Condition",
        },
      ],
      "title": "Queue {{ $labels.queue }} is deep",
      "told": [
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
      ],
      "usedBy": [
        "runbook generated/runbooks/shop/queue-deep.md",
        "dashboard orders, "Queue"",
      ],
    }
  `);
});

test("an alert on a share of events says when it fires at which share", () => {
  const [alert] = explained("orders-failing");
  expect(alert?.facts["time to fire"]).toMatchInlineSnapshot(
    `"30 s after the condition holds, at most; from when errors begin, but for the evaluation, at 100% after 18 min, at 10% never, at 1% never"`,
  );
  expect(alert?.tables[0]?.rows).toMatchInlineSnapshot(`
    [
      [
        "compared",
        "> 30%",
      ],
      [
        "over",
        "1h",
      ],
      [
        "events needed",
        "20",
      ],
    ]
  `);
});

test("what an alert waits is part of when it fires at a share of errors", () => {
  const waiting = structuredClone(model);
  const [platform] = waiting.platforms;
  const alert = platform?.alerts.find(({ name }) => name === "orders-failing");
  Object.assign(alert ?? {}, { for: "5m", forSeconds: 300 });
  expect(findEntries(waiting, "orders-failing").map(explain)[0]?.facts["time to fire"]).toMatchInlineSnapshot(
    `"5 min 30 s after the condition holds, at most; from when errors begin, but for the evaluation, at 100% after 23 min, at 10% never, at 1% never"`,
  );
});

test("an SLO's alert shows the arithmetic of its tier, and what scraping, recording and evaluating add to it", () => {
  const time = (tier: string) => explained(`order-success-${tier}`)[0]?.facts["time to fire"];
  expect([time("page-quick"), time("page-slow")]).toMatchInlineSnapshot(`
    [
      "as its tier says; up to 45 s more until what fails is scraped, recorded and evaluated",
      "as its tier says; up to 2 min 45 s more until what fails is scraped, recorded and evaluated",
    ]
  `);
  const [alert] = explained("order-success-page-quick");
  expect(alert?.tables[0]?.rows[1]).toMatchInlineSnapshot(`
    [
      "5m / 1h",
      "2% × 30 d ÷ 1h = 14.4",
      "14.4 × 0.001 = 0.0144",
      "52 s",
      "8 min 38 s",
      "never",
    ]
  `);
});
