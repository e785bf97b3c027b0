import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { compareModels } from "./compare.ts";
import { formatChanges } from "./format.ts";

type Json = Record<string, unknown>;

/** The shop with the value at a path of one of its parts replaced, or removed where `to` is undefined. */
function shopWith(...edits: [path: string, to: unknown][]): PlatformInput {
  const copy = structuredClone(shop) as unknown as { parts: Json[] };
  for (const [path, to] of edits) {
    const [collection = "", ...keys] = path.split("/");
    const part = copy.parts.find((one) => collection in one) as Json;
    const last = keys.pop() ?? "";
    const parent = keys.reduce<Json>((value, key) => value[key] as Json, part[collection] as Json);
    if (to === undefined) delete parent[last];
    else parent[last] = to;
  }
  return copy as unknown as PlatformInput;
}

const said = (after: PlatformInput, before: PlatformInput = shop, its = policies) =>
  formatChanges(compareModels(modelOf([before], policies), modelOf([after], its)), "text", "main");

test("an objective that is tightened says how much sooner each alert fires", () => {
  expect(said(shopWith(["slos/order-success/objective", "99.95%"]))).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      shop: SLO order-success
        99.9% over 30d has become 99.95% over 30d: what may fail was 43 min 12 s, is 21 min 36 s
        page-quick fires at 100% errors after 52 s → after 26 s, at 10% after 8 min 38 s → after 4 min 19 s, at 1% never → after 43 min 12 s
        page-slow fires at 100% errors after 2 min 10 s → after 1 min 5 s, at 10% after 21 min 36 s → after 10 min 48 s, at 1% after 3 h 36 min → after 1 h 48 min
        ticket-quick fires at 100% errors after 4 min 19 s → after 2 min 10 s, at 10% after 43 min 12 s → after 21 min 36 s, at 1% after 7 h 12 min → after 3 h 36 min
        ticket-slow fires at 100% errors after 4 min 19 s → after 2 min 10 s, at 10% after 43 min 12 s → after 21 min 36 s, at 1% after 7 h 12 min → after 3 h 36 min"
  `);
});

test("an objective that is loosened until a tier can never fire says so", () => {
  expect(said(shopWith(["slos/order-latency/objective", "90%"]))).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: SLO order-latency
        95% over 28d has become 90% over 28d: what may fail was 1 d 9 h, is 2 d 19 h
        page-quick can never fire now: 13.44 times the budget is 134.4% errors
        page-slow fires at 100% errors after 1 h 40 min → after 3 h 21 min
        ticket-quick fires at 100% errors after 3 h 21 min → after 6 h 43 min
        ticket-slow fires at 100% errors after 3 h 21 min → after 6 h 43 min, at 10% after 1 d 9 h → after 2 d 19 h"
  `);
});

test("alerts are louder or quieter by threshold, for, severity and events", () => {
  const after = shopWith(
    ["alerts/queue-deep/when/value", 50],
    ["alerts/queue-deep/for", "20m"],
    ["alerts/disk-almost-full/when/value", "20%"],
    ["alerts/orders-failing/severity", "warning"],
    ["alerts/orders-failing/when/minimumEvents", 5],
  );
  expect(said(after)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      shop: alert disk-almost-full
        fired at < 10%, fires at < 20%
      shop: alert orders-failing
        minimumEvents was 20, is 5
      shop: alert queue-deep
        fired at > 100, fires at > 50

    Tells people less, or later:
      shop: alert orders-failing
        was critical, is warning: tells, in local: chat (webhook http://127.0.0.1:9095/chat); in prod: chat (Slack #shop-alerts, address alertmanager-chat/url)
      shop: alert queue-deep
        fired after 10m, fires after 20m"
  `);
});

test("alerts that are new, gone or renamed say who is told", () => {
  const alert = { ...shop.parts[1]?.alerts?.["double-charge"], direct: false, severity: "warning" };
  const after = shopWith(
    ["alerts/charged-twice", alert],
    ["alerts/queue-full", shop.parts[1]?.alerts?.["queue-deep"]],
    ["alerts/queue-deep", undefined],
    ["alerts/api-down", undefined],
    ["operations/emergency-stop/alerts", ["queue-full"]],
    ["breakers/payments/alert", "queue-full"],
    ["modes/closed/alert", "queue-full"],
    ["limits/waiting-orders/alert", "queue-full"],
    ["dashboards/orders/rows/0/panels/1/alerts", ["queue-full"]],
    [
      "dashboards/orders/rows/0/panels/0/alerts",
      ["orders-failing", "orders-stopped", "double-charge", "charged-twice"],
    ],
  );
  expect(said(after)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      shop: alert charged-twice
        is new, warning: fires while sum (increase(shop_double_charges_total{platform="shop"}[5m])) > 0; tells, in local: chat (webhook http://127.0.0.1:9095/chat); in prod: chat (Slack #shop-alerts, address alertmanager-chat/url)

    Tells people less, or later:
      shop: alert api-down
        is gone, critical; it told, in local: pager (webhook http://127.0.0.1:9095/pager) and chat (webhook http://127.0.0.1:9095/chat); in prod: pager (PagerDuty, key alertmanager-pager/routing-key) and chat (Slack #shop-alerts, address alertmanager-chat/url)

    Changed otherwise:
      shop: alert queue-full
        was called queue-deep: silences, links and routes by QueueDeep no longer find it
      shop: dashboard orders
        panel Orders by outcome: alerts was orders-failing, orders-stopped, double-charge, api-down, is orders-failing, orders-stopped, double-charge, charged-twice
        panel Queue: alerts was queue-deep, is queue-full
      shop: breaker payments
        alert was queue-deep, is queue-full
      shop: mode closed
        alert was queue-deep, is queue-full
      shop: limit waiting-orders
        alert was queue-deep, is queue-full
      shop: procedure emergency-stop
        alerts was api-down, is queue-full"
  `);
});

test("who is told is said by environment, also where one changes a receiver of its own", () => {
  const after = shopWith(
    ["routing/routes/warning", ["chat", "pager"]],
    ["routing/receivers/chat/channel", "#shop"],
    ["environments/local/receivers/pager", undefined],
  );
  expect(said(after)).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      shop: notifications of critical alerts
        now told in local: pager (PagerDuty, key alertmanager-pager/routing-key)
        now told in prod: chat (Slack #shop, address alertmanager-chat/url)
      shop: notifications of warning alerts
        now told in local, prod: pager (PagerDuty, key alertmanager-pager/routing-key)
        now told in prod: chat (Slack #shop, address alertmanager-chat/url)

    Tells people less, or later:
      shop: notifications of critical alerts
        no longer told in local: pager (webhook http://127.0.0.1:9095/pager)
        no longer told in prod: chat (Slack #shop-alerts, address alertmanager-chat/url)
      shop: notifications of warning alerts
        no longer told in prod: chat (Slack #shop-alerts, address alertmanager-chat/url)"
  `);
});

test("metrics, panels and dashboards that go, and labels that change, are named", () => {
  const after = shopWith(
    ["metrics/shop_queue_depth/labels", { queue: { atMost: 20 }, shard: ["a", "b"] }],
    ["metrics/shop_orders_total/labels/outcome", ["ok", "failed", "refused"]],
    ["metrics/shop_new_total", { type: "counter", class: "user", help: "New.", services: ["api"] }],
    ["dashboards/orders/rows/0/panels/0/title", "Orders"],
    ["dashboards/orders/rows/0/panels/1/queries/0/expr", 'sum(shop_queue_depth{queue=~"$queue"})'],
    ["dashboards/orders/rows/1/panels/0/description", "Must stay above 10%."],
  );
  expect(said(after)).toMatchInlineSnapshot(`
    "Since main

    New:
      shop: metric shop_new_total
        is a user counter of api

    Changed otherwise:
      shop: metric shop_orders_total
        labels.outcome was ok, failed, is ok, failed, refused
      shop: metric shop_queue_depth
        has the label shard now
        labels.queue.atMost was 10, is 20
      shop: dashboard orders
        panel Orders by outcome is called Orders
        panel Queue: queries.0.expr was max by (queue) (shop_queue_depth{platform="shop",queue=~"$queue"}), is sum(shop_queue_depth{platform="shop",queue=~"$queue"})
        panel Free disk: description was Should stay above 10%., is Must stay above 10%."
  `);
});

test("sizes and images are said by environment, once where they are the same everywhere", () => {
  const after = shopWith(
    ["services/api/image", "ghcr.io/shop/api:1.3.0"],
    ["services/api/scaling/max", 8],
    ["services/api/env", { MODE: "quick" }],
    [
      "environments/local/services/api/resources",
      { requests: { cpu: "1000m", memory: "1Gi" }, limits: { memory: "1Gi" } },
    ],
    ["volumes/receipts/size", "10Gi"],
    ["environments/prod/quota", { cpu: "32000m", memory: "64Gi", storage: "200Gi" }],
    ["environments/prod/context", "shop-prod-2"],
  );
  expect(said(after)).toMatchInlineSnapshot(`
    "Since main

    Resources:
      shop: service api
        image was ghcr.io/shop/api:1.2.3, is ghcr.io/shop/api:1.3.0
        in local: resources.requests.cpu was 250m, is 1000m
        in local: resources.requests.memory was 256Mi, is 1Gi
        in local: resources.limits.memory was 512Mi, is 1Gi
        in prod: scaling.max was 5, is 8
      shop: volume receipts
        size was 5Gi, is 10Gi
      shop: environment prod
        may ask for 32 cores, before for 16
        may ask for 68.719476736 GB of memory, before for 32
        may ask for 214.7483648 GB of volumes, before for 100

    Changed otherwise:
      shop: service api
        env.MODE is now quick
      shop: environment prod
        context was shop-prod, is shop-prod-2"
  `);
});

test("gates and load profiles are tightened or loosened", () => {
  const [success, p95] = policies["latency-and-errors"].objectives;
  const gate = {
    ...policies["latency-and-errors"],
    level: "overridable",
    objectives: [
      { ...success, pass: [[">=99.5%"]] },
      { ...p95, pass: [["<=200ms", "<=+10%"]] },
    ],
    total: { pass: "95%", warn: "75%" },
  };
  const after = shopWith(
    ["loadProfiles/smoke/arrivals/rate", "2/s"],
    ["loadProfiles/smoke/slos", ["order-latency"]],
  );
  expect(
    said(after, shop, { "latency-and-errors": gate } as unknown as typeof policies),
  ).toMatchInlineSnapshot(`
    "Since main

    Looser:
      shop: load profile smoke
        no longer holds the SLO order-success
        arrivals.perSecond was 5, is 2
      shop: gate release
        level overridable, was mandatory
        success gives a pass at >=99.5%, gave it at >=99.9%

    Tighter:
      shop: gate release
        passes at 95%, was 90%
        p95 gives a pass at <=200ms and <=+10%, gave it at <=300ms and <=+10%"
  `);
});

test("a platform and an environment come and go as a whole", () => {
  const other = { ...shop, name: "other" };
  const both = modelOf(
    [shop, { ...other, parts: other.parts.map(({ gates: _, ...part }) => part) }],
    policies,
  );
  const one = modelOf([shopWith(["environments/local", undefined])], policies);
  expect(formatChanges(compareModels(both, one), "text", "main")).toMatchInlineSnapshot(`
    "Since main

    Tells people less, or later:
      other: platform other
        is gone: 2 services, 2 SLOs, 17 alerts, 2 dashboards; critical ones tell, in local: pager (webhook http://127.0.0.1:9095/pager) and chat (webhook http://127.0.0.1:9095/chat); in prod: pager (PagerDuty, key alertmanager-pager/routing-key) and chat (Slack #shop-alerts, address alertmanager-chat/url)
      shop: notifications of critical alerts
        no longer told in local: pager (webhook http://127.0.0.1:9095/pager)
        no longer told in local: chat (webhook http://127.0.0.1:9095/chat)
      shop: notifications of warning alerts
        no longer told in local: chat (webhook http://127.0.0.1:9095/chat)
      shop: notifications of heartbeat
        no longer told in local: heartbeat (webhook http://127.0.0.1:9095/heartbeat)

    Gone:
      shop: environment local
        is gone: nothing deploys to shop-local any more"
  `);
  expect(formatChanges(compareModels(one, both), "text", "main")).toMatchInlineSnapshot(`
    "Since main

    Tells people more, or sooner:
      other: platform other
        is new: 2 services, 2 SLOs, 17 alerts, 2 dashboards; critical ones tell, in local: pager (webhook http://127.0.0.1:9095/pager) and chat (webhook http://127.0.0.1:9095/chat); in prod: pager (PagerDuty, key alertmanager-pager/routing-key) and chat (Slack #shop-alerts, address alertmanager-chat/url)
      shop: notifications of critical alerts
        now told in local: pager (webhook http://127.0.0.1:9095/pager)
        now told in local: chat (webhook http://127.0.0.1:9095/chat)
      shop: notifications of warning alerts
        now told in local: chat (webhook http://127.0.0.1:9095/chat)
      shop: notifications of heartbeat
        now told in local: heartbeat (webhook http://127.0.0.1:9095/heartbeat)

    New:
      shop: environment local
        is new: local, minimum, namespace shop-local in local"
  `);
});

test("nothing is said of a catalog that means the same", () => {
  const [first, ...rest] = shop.parts;
  const reordered = { ...shop, parts: [...rest, first] } as unknown as PlatformInput;
  expect(said(reordered)).toBe("The catalog means the same as at main.");
});

test("what lints may find from now on is said, with the reason", () => {
  const allowed = {
    rule: "lint/dead-tier",
    at: "slos.order-latency",
    reason: "Tickets are enough.",
    until: "2027-03-31",
  };
  const lax = { ...shop, parts: [...shop.parts, { allow: [allowed] }] };
  expect(said(lax)).toMatchInlineSnapshot(`
    "Since main

    New:
      shop: platform shop
        allows lint/dead-tier at slos.order-latency until 2027-03-31: Tickets are enough."
  `);
  expect(said(shop, lax)).toMatchInlineSnapshot(`
    "Since main

    Gone:
      shop: platform shop
        no longer allows lint/dead-tier at slos.order-latency"
  `);
});
