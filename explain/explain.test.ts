import { expect, test } from "vitest";
import { restrict } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";
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
      "held for": "0s: the long window has waited already; missing data 10m: longer than a rollout's gap",
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
        "fires": "after 10m",
        "name in Prometheus": "QueueDeep",
        "panel": "dashboard orders, panel 2",
        "service": "api",
        "severity": "warning",
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
    `"30 s after the condition holds, at most; that is, when all was well before, at 100% after 18 min, at 10% never, at 1% never"`,
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

test("an SLO's alert shows the arithmetic of its tier", () => {
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

test("a gate shows what each objective is measured by", () => {
  const [gate] = explained("release");
  expect(gate?.tables[0]?.rows.slice(1)).toEqual([
    [
      "success (key)",
      "1",
      ">=99.9%",
      ">=99.5%",
      '1 - slo:period_error:ratio{platform="shop",slo="order-success"}',
    ],
    ["p95", "2", "<=300ms and <=+10%", "informs only", "load profile smoke, p95"],
  ]);
});

test("a metric shows its labels, how many series it may have, and every reader", () => {
  const [metric] = explained("shop_queue_depth");
  expect(metric?.facts).toMatchInlineSnapshot(`
    {
      "at most": "10 series from each pod",
      "collected by": "job shop-api",
      "exposed by": "api",
      "series": "shop_queue_depth",
    }
  `);
  expect(metric?.tables[0]?.rows).toEqual([
    ["LABEL", "VALUES"],
    ["queue", "at most 10 values"],
  ]);
  expect(metric?.usedBy).toMatchInlineSnapshot(`
    [
      "alert queue-deep",
      "dashboard orders, "Queue"",
      "dashboard orders, variable queue",
    ]
  `);
  // Two routes, three buckets and +Inf, count and sum.
  expect(explained("shop_request_duration_seconds")[0]?.facts["at most"]).toBe("12 series from each pod");
  expect(explained("shop_orders_total")[0]?.usedBy).toContain("runbook of order-success");
});

test("a panel is found by title and by number, with queries that Prometheus can run", () => {
  const [panel] = explained("Queue");
  expect(panel).toMatchInlineSnapshot(`
    {
      "defined": {
        "label": "dashboards.orders.rows[0].panels[1]",
        "path": [
          "parts",
          2,
          "dashboards",
          "orders",
          "rows",
          0,
          "panels",
          1,
        ],
        "platform": "shop",
      },
      "facts": {
        "colours": "red from 100",
        "dashboard": "Orders (orders)",
        "reads": "shop_queue_depth",
        "row": "Orders",
        "shows": "stat in count",
      },
      "id": "shop/orders/2",
      "kind": "panel",
      "meaning": "Orders that wait.",
      "pages": [
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
            "local": "http://127.0.0.1:9090/query?g0.expr=max%20by%20(queue)%20(shop_queue_depth%7Bplatform%3D%22shop%22%2Cqueue%3D~%22.*%22%7D)&g0.tab=0",
            "prod": "https://prometheus.shop.example/query?g0.expr=max%20by%20(queue)%20(shop_queue_depth%7Bplatform%3D%22shop%22%2Cqueue%3D~%22.*%22%7D)&g0.tab=0",
          },
          "promql": "max by (queue) (shop_queue_depth{platform="shop",queue=~".*"})",
          "title": "{{queue}}",
        },
      ],
      "tables": [],
      "title": "Queue",
      "told": [],
      "usedBy": [
        "alert queue-deep",
      ],
    }
  `);
  expect(explained("orders/2")).toEqual([panel]);
  expect(explained("shop/orders/Queue")).toEqual([panel]);
  expect(explained("Orders by outcome")[0]?.queries[0]?.promql).toBe(
    'sum by (outcome) (rate(shop_orders_total{platform="shop"}[5m]))',
  );
});

test("a service shows who calls it and how large it is in each environment", () => {
  expect(explained("store")[0]?.facts).toMatchObject({ "called by": "api", "metrics job": "none" });
  expect(explained("shop/api")[0]?.tables[0]?.rows).toMatchInlineSnapshot(`
    [
      [
        "ENVIRONMENT",
        "PODS",
        "CPU",
        "MEMORY",
        "IMAGE",
      ],
      [
        "local",
        "1 pod",
        "250m",
        "256Mi, at most 512Mi",
        "ghcr.io/shop/api:1.2.3",
      ],
      [
        "prod",
        "2 to 5 pods, at 70% of the requested CPU",
        "250m",
        "256Mi, at most 512Mi",
        "ghcr.io/shop/api:1.2.3",
      ],
    ]
  `);
});

test("with environments chosen, who is told and every link are of those", () => {
  const [alert] = findEntries(restrict(model, { environments: ["prod"] }), "queue-deep").map(explain);
  expect(alert?.told[0]?.who.map((told) => told.environments)).toEqual([["prod"]]);
  expect(alert?.pages.map((page) => Object.keys(page.links))).toEqual([["prod"], ["prod"]]);
});

test("a name that nothing has gets its near match", () => {
  const search = (id: string) => {
    try {
      return findEntries(model, id);
    } catch (error) {
      return error instanceof UsageError ? error.problems[0] : error;
    }
  };
  expect(search("order-sucess")).toMatchObject({ fix: 'did you mean "order-success"?' });
  expect(search("orders/Quue")).toMatchObject({ fix: 'did you mean "orders/Queue"?' });
  expect(search("zzzzzzzz")).toMatchObject({ fix: "name an SLO, alert, gate, metric, panel or service" });
});
