import { Ajv } from "ajv";
import formats from "ajv-formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { modelOf } from "../tests/model-of.ts";
import { shop, policies as shopPolicies } from "../tests/shop.ts";
import { policies } from "./index.ts";

const model = modelOf([shop], shopPolicies);
const contentOf = (path: string, of = model): unknown =>
  JSON.parse(policies(of).find((artifact) => artifact.path === path)?.content ?? "");

test("a gate is written in its resolved form", () => {
  expect(contentOf("generated/policies/shop/release.json")).toEqual({
    platform: "shop",
    name: "release",
    title: "Release gate",
    meets: [],
    environments: ["prod"],
    policy: {
      name: "latency-and-errors",
      description: "Fast enough and without errors.",
      file: "policies/shop/latency-and-errors.yaml",
      level: "mandatory",
      compare: { runs: 3, aggregate: "avg" },
      overriddenBy: "release-manager",
      total: { pass: 0.9, warn: 0.75 },
      objectives: [
        {
          name: "success",
          key: true,
          weight: 1,
          indicator: {
            kind: "slo",
            slo: "order-success",
            unit: "ratio",
            query: '1 - slo:period_error:ratio{platform="shop",slo="order-success"}',
          },
          pass: [[{ text: ">=99.9%", operator: ">=", relative: false, value: 0.999 }]],
          warn: [[{ text: ">=99.5%", operator: ">=", relative: false, value: 0.995 }]],
        },
        {
          name: "p95",
          key: false,
          weight: 2,
          indicator: { kind: "load", profile: "smoke", measure: "p95", unit: "seconds" },
          pass: [
            [
              { text: "<=300ms", operator: "<=", relative: false, value: 0.3 },
              { text: "<=+10%", operator: "<=", relative: true, value: 0.1 },
            ],
          ],
        },
      ],
    },
  });
});

test("the same policy in another order of keys is written in the same bytes", () => {
  const reversed = structuredClone(model);
  for (const gate of reversed.platforms[0]?.gates ?? []) {
    gate.policy = Object.fromEntries(Object.entries(gate.policy).reverse()) as typeof gate.policy;
  }
  expect(Object.keys(reversed.platforms[0]?.gates[0]?.policy ?? {})).not.toEqual(
    Object.keys(model.platforms[0]?.gates[0]?.policy ?? {}),
  );
  expect(policies(reversed)).toEqual(policies(model));
});

test("text of a policy comes back from the JSON as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const changed = structuredClone(model);
      for (const gate of changed.platforms[0]?.gates ?? []) gate.policy.description = text;
      const gate = contentOf("generated/policies/shop/release.json", changed) as {
        policy: { description: string };
      };
      expect(gate.policy.description).toBe(text);
    }),
  );
});

const schema = contentOf("generated/policies/policy.schema.json") as Record<string, unknown>;
const ajv = new Ajv({ allErrors: true });
formats.default(ajv);

test("the schema is valid JSON Schema draft-07", () => {
  expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
  expect(ajv.validateSchema(schema)).toBe(true);
});

const good = `
name: latency-and-errors
description: Fast enough and without errors.
level: mandatory
compare: { runs: 3, aggregate: avg }
objectives:
  - name: success
    indicator: { slo: order-success }
    pass: [[">=99.9%"]]
    warn: [[">=99.5%"]]
    key: true
  - name: p95
    indicator: { load: smoke, measure: p95 }
    pass: [["<=300ms", "<=+10%"]]
    weight: 2
  - name: queue
    indicator: { query: max(shop_queue_depth), unit: count }
total: { pass: 90%, warn: 75% }
bootstrap: { until: 2027-01-31, reason: New service. }
`;
const validate = ajv.compile(schema);
// As the policy files are read: a date stays text.
const read = (yaml: string): unknown => parse(yaml, { schema: "core" });

test("a good policy is accepted", () => {
  validate(read(good));
  expect(validate.errors).toBeNull();
});

test.each([
  ["an unknown key", "level: mandatory", "level: mandatory\nlevle: mandatory", "additionalProperties"],
  ["an unknown level", "level: mandatory", "level: optional", "enum"],
  ["a criterion without an operator", '">=99.9%"', '"99.9%"', "pattern"],
  ["a criterion with an unknown unit", '"<=300ms"', '"<=300 parsecs"', "pattern"],
  ["a total without a unit", "pass: 90%", "pass: 90", "type"],
  ["a negative weight", "weight: 2", "weight: -2", "minimum"],
  ["an unknown measure", "measure: p95", "measure: p42", "enum"],
  ["a missing description", "description: Fast enough and without errors.\n", "", "required"],
  ["a name with capitals", "name: p95", "name: P95", "pattern"],
  ["a day that does not exist", "2027-01-31", "2027-02-31", "format"],
  ["a criterion outside a list", '[["<=300ms", "<=+10%"]]', '"<=300ms"', "type"],
])("%s is refused", (_text, from, to, keyword) => {
  const bad = good.replace(from, to);
  expect(bad).not.toBe(good);
  expect(validate(read(bad))).toBe(false);
  expect(validate.errors?.map((error) => error.keyword)).toContain(keyword);
});
