import type { PlatformInput } from "fairlead";
import { expect, test } from "vitest";
import { problemsOf } from "../tests/model-of.ts";
import * as right from "../tests/shop.ts";
import { shopWith } from "../tests/shop-with.ts";

const { alerts, dashboards, metrics, slos } = right;
const queue = alerts["queue-deep"];
const depth = {
  kind: "threshold",
  metric: "shop_queue_depth",
  aggregate: "max",
  is: ">",
  value: 100,
} as const;
const failing = {
  kind: "event-ratio",
  part: { metric: "shop_orders_total", where: { outcome: "failed" } },
  whole: { metric: "shop_orders_total" },
  window: "1h",
  is: ">",
  value: "30%",
  minimumEvents: 20,
} as const;
const free = {
  kind: "gauge-ratio",
  part: { metric: "shop_disk_free_bytes" },
  whole: { metric: "shop_disk_size_bytes" },
  is: "<",
  value: "10%",
} as const;

// Each mistake, and all that must be said of it.
const mistakes: [string, Partial<PlatformInput["parts"][number]>, string][] = [
  [
    "a metric whose name hides its unit",
    {
      metrics: {
        ...metrics,
        shop_wait: { type: "gauge", class: "system", unit: "seconds", help: "Wait.", services: ["api"] },
      },
    },
    'metric/name-without-unit at metrics.shop_wait: a gauge in seconds must be named …_seconds, not "shop_wait" → rename it to "shop_wait_seconds"',
  ],
  [
    "a metric of a service that is not scraped",
    {
      metrics: {
        ...metrics,
        shop_keys: { type: "gauge", class: "system", help: "Keys.", services: ["store"] },
      },
    },
    'metric/not-scraped at metrics.shop_keys.services[0]: service "store" does not say where its metrics are read → give the service metrics: { port: "…" }',
  ],
  [
    "a label that belongs to the scrape",
    {
      metrics: {
        ...metrics,
        shop_keys: {
          type: "gauge",
          class: "system",
          help: "Keys.",
          services: ["api"],
          labels: { pod: ["a"] },
        },
      },
    },
    'metric/reserved-label at metrics.shop_keys.labels.pod: label "pod" is set by the scrape → rename the label',
  ],
  [
    "an alert on an increase of a gauge",
    {
      alerts: {
        ...alerts,
        "queue-deep": {
          ...queue,
          when: { kind: "increase", metric: "shop_queue_depth", window: "5m", is: ">", value: 1 },
          summary: "s",
        },
      },
    },
    'metric/wrong-type at alerts.queue-deep.when.metric: metric "shop_queue_depth" is a gauge, and a counter is needed here → choose a counter',
  ],
  [
    "a text that names a label which the alert drops",
    { alerts: { ...alerts, "queue-deep": { ...queue, summary: "Queue {{ $labels.qeue }} is deep" } } },
    'alert/label-not-kept at alerts.queue-deep.summary: the summary names label "qeue", which the alert does not keep → did you mean "queue"?',
  ],
  [
    "a label that the rule sets",
    { alerts: { ...alerts, "queue-deep": { ...queue, when: { ...depth, by: ["queue", "service"] } } } },
    'alert/label-set-by-rule at alerts.queue-deep.when.by[1]: label "service" cannot keep alerts apart: the alert\'s rule sets it to one value → take it out; left are queue, instance and pod',
  ],
  [
    "a text that names a label which only the rule adds",
    { alerts: { ...alerts, "queue-deep": { ...queue, description: "{{ $labels.service }} is slow" } } },
    'alert/label-added-by-rule at alerts.queue-deep.description: the description names label "service", which the rule adds: Prometheus does not fill it in → write out what the alert says itself instead of {{ $labels.service }}',
  ],
  [
    "an SLO's text that names a label",
    { slos: { ...slos, "order-success": { ...slos["order-success"], title: "{{ $labels.route }} works" } } },
    'slo/text-names-label at slos.order-success.title: the title names label "route", and the SLO does not keep it apart → write the text without {{ $labels.route }}',
  ],
  [
    "an SLO whose bad events are all events",
    {
      slos: {
        ...slos,
        "order-success": {
          ...slos["order-success"],
          sli: {
            kind: "bad-events",
            bad: { metric: "shop_orders_total", where: { outcome: ["failed", "ok"] } },
            total: { metric: "shop_orders_total" },
          },
        },
      },
    },
    'metric/part-is-whole at slos.order-success.sli.bad: bad is all of total: both pick the same series of "shop_orders_total", so the share is always 100% → narrow bad with where: { LABEL: "VALUE" }',
  ],
  [
    "a share whose part is its whole",
    {
      alerts: {
        ...alerts,
        "orders-failing": {
          ...alerts["orders-failing"],
          when: { ...failing, part: { metric: "shop_orders_total" } },
        },
      },
    },
    'metric/part-is-whole at alerts.orders-failing.when.part: part is all of whole: both pick the same series of "shop_orders_total", so the share is always 100% → narrow part with where: { LABEL: "VALUE" }',
  ],
  [
    "a share of more than all",
    {
      alerts: {
        ...alerts,
        "orders-failing": {
          ...alerts["orders-failing"],
          when: { ...failing, value: "100%" },
        },
      },
    },
    'alert/never-fires at alerts.orders-failing.when.value: a share > 100% is never so: it cannot be more → write is: ">=", or another value',
  ],
  [
    "a share of less than nothing",
    {
      alerts: {
        ...alerts,
        "disk-almost-full": {
          ...alerts["disk-almost-full"],
          when: { ...free, value: "0%" },
        },
      },
    },
    'alert/never-fires at alerts.disk-almost-full.when.value: a share < 0% is never so: it cannot be less → write is: "<=", or another value',
  ],
  [
    "an increase of nothing",
    {
      alerts: {
        ...alerts,
        "double-charge": {
          ...alerts["double-charge"],
          when: { kind: "increase", metric: "shop_double_charges_total", window: "5m", is: ">=", value: 0 },
        },
      },
    },
    'alert/always-fires at alerts.double-charge.when.value: an increase >= 0 is always so: it cannot be less → write is: ">", or another value',
  ],
  [
    "a target that nothing scrapes but that should be up",
    { alerts: { ...alerts, "api-down": { ...alerts["api-down"], service: "store" } } },
    'metric/not-scraped at alerts.api-down.service: service "store" does not say where its metrics are read, so nothing can tell that it is down → give the service metrics: { port: "…" }',
  ],
  [
    "an SLO and an alert of one name",
    { alerts: { ...alerts, "order-success": queue } },
    'reference/duplicate-name at alerts.order-success: an SLO and an alert are both called "order-success" → rename the one at slos.order-success or the one at alerts.order-success',
  ],
  [
    "an alert that no panel shows",
    { alerts: { ...alerts, lonely: { ...queue, summary: "s" } } },
    'alert/on-no-dashboard at alerts.lonely: no panel shows alert "lonely" → name it in alerts of the panel that helps to judge it',
  ],
  [
    "a latency objective without a bucket",
    {
      slos: {
        ...slos,
        "order-latency": {
          ...slos["order-latency"],
          sli: { kind: "latency", metric: "shop_request_duration_seconds", threshold: "200ms" },
        },
      },
    },
    'slo/bucket-missing at slos.order-latency.sli.threshold: "shop_request_duration_seconds" has no bucket that ends at 200ms (it has 0.1, 0.3, 1) → add 0.2 to the metric\'s buckets, or choose one of them: anything else is guessed between two buckets',
  ],
  [
    "a dashboard variable that nobody declares",
    { dashboards: { orders: { ...dashboards.orders, variables: {} } } },
    'reference/unknown-variable at dashboards.orders.rows[0].panels[1].queries[0].expr: the dashboard has no variable "$queue" → add it to the dashboard\'s variables',
  ],
];

test.each(mistakes)("%s is a problem", (_what, parts, said) => {
  expect(problemsOf([shopWith(parts)], right.policies).split("\n")).toContain(said);
});

test("a platform without routing would alert nobody", () => {
  const { routing: _routing, ...parts } = { routing: right.routing, ...shopWith({}).parts[0] };
  const without = { ...right.shop, parts: [{ ...parts }] };
  expect(problemsOf([without], right.policies)).toContain(
    'routing/missing at : platform "shop" does not say who is told of its alerts',
  );
});

test("free-form alerts need examples of both sides", () => {
  const stopped = alerts["orders-stopped"];
  const when = {
    kind: "promql",
    expr: "up == 0",
    examples: [{ title: "a", series: { up: "0x9" }, expect: [{ at: "5m", firing: [{}] }] }],
  } as const;
  const said = problemsOf(
    [
      shopWith({
        alerts: { ...alerts, "orders-stopped": { ...stopped, when: structuredClone(when) as never } },
      }),
    ],
    right.policies,
  );
  expect(said).toContain(
    "alert/examples-incomplete at alerts.orders-stopped.when.examples: no example shows a moment at which the alert is silent",
  );
});

test("a text that names a misspelt label of by is no second mistake", () => {
  const wrong = { ...queue, when: { ...depth, by: ["qeue"] } };
  expect(
    problemsOf([shopWith({ alerts: { ...alerts, "queue-deep": wrong } })], right.policies),
  ).toMatchInlineSnapshot(
    `"promql/unknown-label at alerts.queue-deep.when.by[0]: metric "shop_queue_depth" has no label "qeue" → did you mean "queue"?"`,
  );
});

test("what is spent may be more than all that there was", () => {
  const full = alerts["disk-almost-full"];
  const when = { ...free, is: ">", value: "100%" } as const;
  expect(
    problemsOf([shopWith({ alerts: { ...alerts, "disk-almost-full": { ...full, when } } })], right.policies),
  ).toBe("");
});

test("an allowance says of which lint it is, why, and until when", () => {
  const allowing = (rule: string, reason: string, until: string) =>
    problemsOf([shopWith({ allow: [{ rule, at: "slos.*", reason, until }] })], right.policies);
  expect(allowing("lint/dead-tier", "Tickets are enough.", "2027-03-31")).toBe("");
  expect(allowing("dead-tier", "wontfix", "soon")).toMatchInlineSnapshot(`
    "schema/wrong-value at allow[0].rule: rule is "dead-tier"; it must be the rule of a lint, such as "lint/dead-tier", or a tool's, such as "kube-score/container-resources" or "checkov/CKV_K8S_11" → write, for example, "lint/dead-tier"
    schema/wrong-value at allow[0].reason: reason is "wontfix"; it must say why, in at least 15 characters → write something
    schema/wrong-value at allow[0].until: until is "soon"; it must be a day, written like "2027-03-31" → write, for example, "2027-03-31""
  `);
});
