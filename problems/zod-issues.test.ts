import { describe, expect, test } from "vitest";
import { z } from "zod";
import { explainIssues } from "./zod-issues.ts";

const percent = z
  .templateLiteral([z.number(), "%"], { error: 'must be a percentage, written like "99.9%"' })
  .refine((text) => Number.parseFloat(text) <= 100, "must be between 0% and 100%");

const sli = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("latency"), threshold: z.string(), metric: z.string() }),
  z.strictObject({ kind: z.literal("errors"), bad: z.string(), total: z.string() }),
]);

const slo = z.strictObject({
  objective: percent,
  period: z.enum(["7d", "28d", "30d"]).default("30d"),
  minimumEvents: z.int().min(0).optional(),
  windows: z.array(z.string().min(2)).max(3).optional(),
  sli: sli.optional(),
  noTraffic: z.union([z.literal("good"), z.number(), z.strictObject({ treatAs: z.string() })]).optional(),
  labels: z.record(z.string().regex(/^[a-z]+$/, "must be lower-case letters"), z.string()).optional(),
  enabled: z.boolean().optional(),
  name: z.string().optional(),
});
const slos = z.record(z.string(), slo);

function explain(value: unknown, schema: z.ZodType = slos): string[] {
  const parsed = schema.safeParse(value);
  return explainIssues(parsed.error?.issues ?? [], value, schema).map(
    ({ rule, message, path, fix, atKey }) =>
      `${rule} at ${path.join(".")}${atKey ? " (key)" : ""}: ${message} → ${fix ?? "-"}`,
  );
}
const one = (change: object) => explain({ a: { objective: "99.9%", ...change } });

test("a value that fits has nothing to explain", () => {
  expect(one({})).toEqual([]);
});

test("every unknown key is told on its own, with the near match if there is one", () => {
  expect(one({ objectiv: "99%", colour: "red" })).toMatchInlineSnapshot(`
    [
      "schema/unknown-key at a.objectiv (key): unknown key "objectiv" → did you mean "objective"?",
      "schema/unknown-key at a.colour (key): unknown key "colour" → take it out; allowed are "objective", "period", "minimumEvents", "windows", "sli", "noTraffic", "labels", "enabled", "name"",
    ]
  `);
  expect(
    one({ sli: { kind: "latency", threshold: "1s", metric: "m", metrics: "m" } }),
  ).toMatchInlineSnapshot(`
    [
      "schema/unknown-key at a.sli.metrics (key): unknown key "metrics" → did you mean "metric"?",
    ]
  `);
  expect(one(JSON.parse(`{ "__proto__": 1 }`))).toMatchInlineSnapshot(`
    [
      "schema/unknown-key at a.__proto__ (key): unknown key "__proto__" → take it out; allowed are "objective", "period", "minimumEvents", "windows", "sli", "noTraffic", "labels", "enabled", "name"",
    ]
  `);
});

test("a missing property is told with what belongs there", () => {
  expect(explain({ a: {} })).toMatchInlineSnapshot(`
    [
      "schema/missing at a.objective: "objective" is missing → add it; it must be a percentage, written like "99.9%"",
    ]
  `);
  expect(explain({ a: { objective: undefined } })).toMatchInlineSnapshot(`
    [
      "schema/missing at a.objective: "objective" is missing → add it; it must be a percentage, written like "99.9%"",
    ]
  `);
  expect(one({ sli: { kind: "errors" } })).toMatchInlineSnapshot(`
    [
      "schema/missing at a.sli.bad: "bad" is missing → add it; it must be a string",
      "schema/missing at a.sli.total: "total" is missing → add it; it must be a string",
    ]
  `);
  expect(explain(undefined)).toMatchInlineSnapshot(`
    [
      "schema/missing at : there is nothing → add it; it must be an object",
    ]
  `);
});

test("a value of the wrong type is told with what it is and what it should be", () => {
  expect(explain({ a: { objective: 99.9 } })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a.objective: objective is 99.9; it must be a percentage, written like "99.9%" → write "99.9%"",
    ]
  `);
  expect(one({ name: 5 })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a.name: name is 5; it must be a string → put it in quotes: "5"",
    ]
  `);
  expect(one({ enabled: "true", minimumEvents: "3", windows: {}, labels: [] })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a.minimumEvents: minimumEvents is "3"; it must be a number → write 3 without quotes",
      "schema/wrong-type at a.windows: windows is an object; it must be a list → write [ … ]",
      "schema/wrong-type at a.labels: labels is an empty list; it must be an object → write { NAME: … }",
      "schema/wrong-type at a.enabled: enabled is "true"; it must be true or false → write true without quotes",
    ]
  `);
  expect(one({ minimumEvents: 1.5 })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a.minimumEvents: minimumEvents is 1.5; it must be a whole number → write 1 or 2",
    ]
  `);
  expect(explain({ a: null, b: [], c: () => 1 })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a: a is null; it must be an object → write { objective: … }",
      "schema/wrong-type at b: b is an empty list; it must be an object → write { objective: … }",
      "schema/wrong-type at c: c is a function; it must be an object → write { objective: … }",
    ]
  `);
});

test("a value that is not allowed is told with what is", () => {
  expect(one({ period: "38d" })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.period: period is "38d"; it must be "7d", "28d" or "30d" → write, for example, "7d"",
    ]
  `);
  expect(one({ period: 30 })).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at a.period: period is 30; it must be "7d", "28d" or "30d" → write, for example, "7d"",
    ]
  `);
  expect(one({ minimumEvents: -1, windows: ["5m", "x", "1h", "2h"] })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.minimumEvents: minimumEvents is -1; it must be at least 0 → write 0 or more",
      "schema/wrong-value at a.windows: windows is a list; it must have at most 3 entries → take one out",
    ]
  `);
  expect(one({ labels: { Team: "x" } })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.labels.Team (key): the key "Team" must be lower-case letters → rename it",
    ]
  `);
});

test("a message of the schema's own wins", () => {
  expect(explain({ a: { objective: "99.9" } })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.objective: objective is "99.9"; it must be a percentage, written like "99.9%" → write "99.9%"",
    ]
  `);
  expect(explain({ a: { objective: "120%" } })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.objective: objective is "120%"; it must be between 0% and 100% → write one between 0% and 100%",
    ]
  `);
  expect(
    explain(3, z.union([z.string(), z.boolean()], { error: "must be a name or a switch" })),
  ).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at : the value is 3; it must be a name or a switch → write "3"",
    ]
  `);
  const refined = z
    .string()
    .refine(() => false, { error: "is taken already", params: { fix: "choose another" } });
  expect(explain({ x: "shop" }, z.object({ x: refined }))).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at x: x is "shop": is taken already → choose another",
    ]
  `);
});

describe("of a union only what helps is told", () => {
  test("the alternative that was meant, by its tag", () => {
    expect(one({ sli: { kind: "latency", treshold: "1s", metric: "m" } })).toMatchInlineSnapshot(`
      [
        "schema/unknown-key at a.sli.treshold (key): unknown key "treshold" → did you mean "threshold"?",
      ]
    `);
  });
  test("an unknown tag, with the near match", () => {
    expect(one({ sli: { kind: "latncy" } })).toMatchInlineSnapshot(`
      [
        "schema/wrong-value at a.sli.kind: kind is "latncy"; it must be "latency" or "errors" → did you mean "latency"?",
      ]
    `);
    expect(one({ sli: {} })).toMatchInlineSnapshot(`
      [
        "schema/missing at a.sli.kind: "kind" is missing → add it; it must be "latency" or "errors"",
      ]
    `);
  });
  test("all alternatives in one sentence, when it is none of them", () => {
    expect(one({ noTraffic: "goood" })).toMatchInlineSnapshot(`
      [
        "schema/wrong-value at a.noTraffic: noTraffic is "goood"; it must be "good", a number or an object → did you mean "good"?",
      ]
    `);
    expect(one({ noTraffic: true })).toMatchInlineSnapshot(`
      [
        "schema/wrong-type at a.noTraffic: noTraffic is true; it must be "good", a number or an object → write, for example, "good"",
      ]
    `);
  });
  test("the nearest alternative of a plain union", () => {
    expect(one({ noTraffic: { treatas: "good" } })).toMatchInlineSnapshot(`
      [
        "schema/unknown-key at a.noTraffic.treatas (key): unknown key "treatas" → did you mean "treatAs"?",
      ]
    `);
    const nested = z.union([
      z.strictObject({ a: z.union([z.string(), z.number()]) }),
      z.strictObject({ b: z.int() }),
    ]);
    expect(explain({ a: true }, nested)).toMatchInlineSnapshot(`
      [
        "schema/wrong-type at a: a is true; it must be a string or a number → put it in quotes: "true"",
      ]
    `);
    expect(explain({ b: 1.5 }, nested)).toMatchInlineSnapshot(`
      [
        "schema/wrong-type at b: b is 1.5; it must be a whole number → write 1 or 2",
      ]
    `);
  });
  test("the alternative whose tag it has, though another one would have fewer mistakes", () => {
    const a = z.strictObject({ kind: z.literal("a"), p: z.string() });
    const b = z.strictObject({ kind: z.literal("b"), q: z.string(), r: z.string(), s: z.string() });
    expect(explain({ kind: "b", p: "x", q: "x" }, z.union([a, b]))).toMatchInlineSnapshot(`
      [
        "schema/missing at r: "r" is missing → add it; it must be a string",
        "schema/missing at s: "s" is missing → add it; it must be a string",
        "schema/unknown-key at p (key): unknown key "p" → take it out; allowed are "kind", "q", "r", "s"",
      ]
    `);
  });
  test("the alternative that fits further in", () => {
    const outer = z.strictObject({ x: z.string().optional() });
    const inner = z.strictObject({ when: z.strictObject({ metric: z.string().optional() }) });
    expect(explain({ when: { metrics: "m" } }, z.union([outer, inner]))).toMatchInlineSnapshot(`
      [
        "schema/unknown-key at when.metrics (key): unknown key "metrics" → did you mean "metric"?",
      ]
    `);
  });
  test("only the keys of the alternative that was meant", () => {
    expect(one({ sli: { kind: "errors", bad: "b", total: "t", treshold: "1s" } })).toMatchInlineSnapshot(`
      [
        "schema/unknown-key at a.sli.treshold (key): unknown key "treshold" → take it out; allowed are "kind", "bad", "total"",
      ]
    `);
  });
  test("alternatives with words of their own", () => {
    const either = z.union([percent, z.literal("never")]);
    expect(explain("sometimes", either)).toMatchInlineSnapshot(`
      [
        "schema/wrong-value at : the value is "sometimes"; it must be a percentage, written like "99.9%" or "never" → write a percentage, written like "99.9%" or "never"",
      ]
    `);
  });
});

test("a long or many-lined value is shown short and on one line", () => {
  expect(one({ period: `x\n${"y".repeat(500)}` })).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at a.period: period is "x\\nyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…"; it must be "7d", "28d" or "30d" → write, for example, "7d"",
    ]
  `);
});
