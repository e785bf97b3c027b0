import { expect, test } from "vitest";
import { restrict } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { explain } from "./explain.ts";
import { findEntries } from "./find.ts";

const model = modelOf([shop], policies);
const explained = (id: string) => findEntries(model, id).map(explain);

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
  expect(explained("shop_request_duration_seconds")[0]?.facts["at most"]).toBe(
    "2 (route) × 6 (buckets, +Inf, count and sum) = 12 series from each pod",
  );
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
      "tables": [
        {
          "rows": [
            [
              "ALERT",
              "AT 100% ERRORS",
              "AT 10%",
              "AT 1%",
            ],
            [
              "queue-deep",
              "10 min 30 s after the condition holds, at most",
              "",
              "",
            ],
          ],
          "title": "When its alerts fire",
        },
      ],
      "title": "Queue",
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

test("a metric and a panel show when the alerts on them fire, at shares of errors too, and who is told", () => {
  for (const id of ["shop_orders_total", "Orders by outcome"]) {
    const [one] = explained(id);
    const table = one?.tables.find(({ title }) => title === "When its alerts fire");
    expect(table?.rows, id).toEqual(
      expect.arrayContaining([
        ["ALERT", "AT 100% ERRORS", "AT 10%", "AT 1%"],
        ["order-success-page-quick", "52 s", "8 min 38 s", "never"],
        ["orders-failing", "18 min", "never", "never"],
        ["orders-stopped", "30 s after the condition holds, at most", "", ""],
      ]),
    );
    expect(
      one?.told.map(({ of }) => of),
      id,
    ).toEqual(["critical", "warning"]);
  }
  expect(explained("shop_queue_depth")[0]?.told).toEqual(explained("queue-deep")[0]?.told);
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
  expect(search("zzzzzzzz")).toMatchObject({
    fix: "name an SLO, alert, gate, metric, panel, service, breaker, mode, limit, flag or environment",
  });
});

test("a breaker, a mode and a limit say their numbers in words", () => {
  const facts = ["payments", "closed", "waiting-orders"].map((id) => explained(id)[0]?.facts);
  expect(facts).toMatchInlineSnapshot(`
    [
      {
        "alert": "queue-deep",
        "closes": "when a trial succeeds: after 1 min, 2 min",
        "opens": "more than 50% of the calls of 5 min failed, of at least 10",
        "service": "api",
        "state": "one for all replicas",
        "while open": "refuse calls; uses the back-up vouchers",
      },
      {
        "alert": "queue-deep",
        "brought about by": "a person, backlog >= 0.9",
        "left": "down to the next mode that a signal leads to, after 5 min in which nothing asks for it, or by a person",
        "service": "api",
        "works": "new work is refused; running work ends after its step; 50% of the agents",
      },
      {
        "alert": "queue-deep",
        "at most": "100 orders for each platform within 1 h",
        "at the limit": "refuse, then tell-people",
        "service": "api",
        "something is done from": "80%",
        "waits before the next": "2 s, 4 s",
      },
    ]
  `);
  expect(explained("closed")[0]?.tables[0]?.rows).toMatchInlineSnapshot(`
    [
      [
        "RANK",
        "MODE",
        "WORKS",
      ],
      [
        "0",
        "selling",
        "new work is accepted; running work goes on",
      ],
      [
        "1",
        "closed",
        "new work is refused; running work ends after its step; 50% of the agents",
      ],
    ]
  `);
});
