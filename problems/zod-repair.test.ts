import { expect, test } from "vitest";
import { z } from "zod";
import { collections } from "../catalog/platform.ts";
import { policy } from "../catalog/policy.ts";
import { promotion } from "../catalog/promotion.ts";
import { routing } from "../catalog/routing.ts";
import * as shop from "../tests/shop.ts";
import { repair } from "./zod-repair.ts";
import { standIn } from "./zod-stand-in.ts";

const { slo, alert, metric } = {
  slo: collections.slos.valueType,
  alert: collections.alerts.valueType,
  metric: collections.metrics.valueType,
};
const places = (schema: z.ZodType, value: unknown) => repair(schema, value)?.setAside.map((p) => p.join("."));

test("what is right stays, and what is wrong gets a stand-in", () => {
  const right = shop.slos["order-success"];
  const repaired = repair(slo, { ...right, objective: 99.9, colour: "red", minimumEvents: "many" });
  expect(repaired?.value).toMatchObject({
    service: "api",
    sli: right.sli,
    objective: "99.9%",
    minimumEvents: 1,
  });
  expect(repaired?.setAside.map((p) => p.join("."))).toEqual(["objective", "minimumEvents", "colour"]);
});

test("the value itself is not changed", () => {
  const value = Object.freeze({
    ...shop.alerts["queue-deep"],
    severity: "bad",
    when: Object.freeze({ kind: "down" }),
  });
  expect(repair(alert, value)).toBeDefined();
  expect(value.when).toEqual({ kind: "down" });
});

test("a key that was meant to be another sets that one aside too", () => {
  const { objective, ...right } = shop.slos["order-success"];
  expect(places(slo, { ...right, objectiv: objective })).toEqual(["objectiv", "objective", "objective"]);
});

test("a misspelt kind is read as what it was meant to be, any other sets aside what is around it", () => {
  const right = shop.slos["order-latency"];
  const near = repair(slo, { ...right, sli: { ...right.sli, kind: "latncy" } });
  expect(near?.setAside).toEqual([["sli", "kind"]]);
  expect(near?.value.sli).toEqual(right.sli);
  expect(places(slo, { ...right, sli: { ...right.sli, kind: "p99" } })).toEqual(["sli"]);
});

test("a name that is not allowed sets aside all names beside it", () => {
  expect(places(metric, { ...shop.metrics.shop_orders_total, labels: { "no-name": ["a"] } })).toEqual([
    "labels",
  ]);
});

// Each value that a schema may ask for, with the way to it.
function* parts(schema: z.core.$ZodType, way: string): Generator<[way: string, schema: z.core.$ZodType]> {
  yield [way, schema];
  if (schema instanceof z.ZodObject) {
    for (const [key, inner] of Object.entries(schema.shape))
      yield* parts(inner as z.ZodType, `${way}.${key}`);
  } else if (schema instanceof z.ZodArray) yield* parts(schema.element, `${way}[]`);
  else if (schema instanceof z.ZodRecord) yield* parts(schema.valueType, `${way}.*`);
  else if (schema instanceof z.ZodUnion) {
    for (const [i, option] of schema.options.entries()) yield* parts(option, `${way}|${i}`);
  } else {
    const { innerType } = schema._zod.def as { innerType?: z.core.$ZodType };
    if (innerType) yield* parts(innerType, way);
  }
}

test.each<[string, z.ZodType]>([
  ...Object.entries(collections).map(([kind, { valueType }]): [string, z.ZodType] => [kind, valueType]),
  ["routing", routing],
  ["promotion", promotion],
  ["policy", policy],
])("every part of %s has a stand-in that its schema accepts", (kind, schema) => {
  const without = [...parts(schema, kind)].filter(([, part]) => !z.safeParse(part, standIn(part)).success);
  expect(without.map(([way]) => way)).toEqual([]);
});
