import { expect, test } from "vitest";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { relatedAlerts } from "./related.ts";

const [platform] = modelOf([shop], policies).platforms;
if (!platform) throw new Error("no platform");
const relatedTo = (name: string, of = platform) => {
  const alert = of.alerts.find((a) => a.name === name);
  if (!alert) throw new Error(`no alert ${name}`);
  return relatedAlerts(of, alert).map(({ alert: other, why }) => `${other.name}: ${why}`);
};

test("alerts of the same SLO come first, then those of the same service, critical ones first; another SLO is shown by its quickest alert", () => {
  expect(relatedTo("order-success-page-quick")).toEqual([
    "order-success-absent: same SLO",
    "order-success-page-slow: same SLO",
    "order-success-ticket-quick: same SLO",
    "order-success-ticket-slow: same SLO",
    "api-down: same service",
    "disk-almost-full: same service",
    "double-charge: same service",
    "order-latency-page-quick: same service",
    "orders-failing: same service",
    "orders-stopped: same service",
    "queue-deep: same service",
  ]);
});

test("alerts of the same cause come before those of the same service", () => {
  expect(relatedTo("order-success-absent")).toContain("order-latency-absent: same cause");
});

test("alerts of a service that the alert's own calls are shown as where the trouble may come from, and the other way round as where it goes", () => {
  const alerts = platform.alerts.map((alert) =>
    alert.name === "disk-almost-full" ? { ...alert, service: "store" } : alert,
  );
  expect(relatedTo("api-down", { ...platform, alerts })).toContain("disk-almost-full: api needs store");
  expect(relatedTo("disk-almost-full", { ...platform, alerts })).toContain("api-down: api needs store");
});

test("critical alerts name each other both ways", () => {
  const critical = platform.alerts.filter((alert) => alert.severity === "critical");
  const related = new Map(
    critical.map((alert) => [alert.name, relatedAlerts(platform, alert).map((one) => one.alert.name)]),
  );
  const oneWay = critical.flatMap(({ name }) =>
    critical.flatMap((other) =>
      related.get(name)?.includes(other.name) && !related.get(other.name)?.includes(name)
        ? [`${name} names ${other.name}`]
        : [],
    ),
  );
  // A later tier of an SLO stands for itself on no other page.
  expect(oneWay.filter((text) => !/^\S+-page-slow names/.test(text))).toEqual([]);
});

test("of a cause that very many alerts share, a page names some", () => {
  const [one] = platform.alerts.filter((alert) => alert.labels.cause === "no-data");
  if (!one) throw new Error("no alert of that cause");
  const copies = Array.from({ length: 500 }, (_, i) => ({ ...one, name: `copy-${i}`, slo: `slo-${i}` }));
  const alerts = [...platform.alerts, ...copies];
  const related = relatedTo("order-success-absent", { ...platform, alerts });
  expect(related.filter((line) => line.endsWith("same cause")).length).toBeLessThanOrEqual(20);
});
