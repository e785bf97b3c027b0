import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { schemaChecker } from "./json-schema.ts";
import { problemsIn, readYaml } from "./yaml-file.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "fairlead-schema-"));
});
afterAll(() => rm(root, { recursive: true }));

async function check(schema: object, source: string): Promise<string[]> {
  await writeFile(path.join(root, "gate.yaml"), source);
  const doc = await readYaml(root, "gate.yaml");
  expect(doc.problems).toEqual([]);
  return problemsIn(doc, schemaChecker(schema).check(doc.value)).map((p) => {
    const { line, column } = p.location ?? {};
    return `${line}:${column} ${p.rule} ${p.path ?? ""}: ${p.message} → ${p.fix ?? "-"}`;
  });
}

const gate = z.toJSONSchema(
  z.strictObject({
    name: z.string().min(3),
    level: z.enum(["advisory", "mandatory"]),
    weight: z.int().min(0).max(100).optional(),
    mail: z.email().optional(),
    objectives: z.array(
      z.strictObject({
        slo: z.string(),
        pass: z.array(z.string().regex(/^[<>]/).describe('must be a comparison such as "<=300ms"')).min(1),
        wait: z.union([z.string(), z.number(), z.literal(false)]).optional(),
        indicator: z
          .discriminatedUnion("kind", [
            z.strictObject({ kind: z.literal("slo"), slo: z.string() }),
            z.strictObject({ kind: z.literal("query"), query: z.string(), unit: z.enum(["s", "ratio"]) }),
          ])
          .optional(),
      }),
    ),
  }),
  { target: "draft-7", io: "input" },
);

test("a file that fits has no problems", async () => {
  expect(
    await check(
      gate,
      "name: smoke\nlevel: advisory\nobjectives:\n  - slo: a\n    pass: ['<1']\n    wait: 5m\n",
    ),
  ).toEqual([]);
});

test("all mistakes are told at once, each at its own line", async () => {
  const problems = await check(
    gate,
    [
      "name: ab",
      "levl: advisory",
      "weight: 1.5",
      "mail: nobody",
      "objectives:",
      "  - slo: 5",
      "    pass: [ '<1', '~1' ]",
      "  - pass: []",
      "    slo: b",
      "    wate: 3",
      "extra: 1",
    ].join("\n"),
  );
  expect(problems).toMatchInlineSnapshot(`
    [
      "2:1 schema/unknown-key levl: unknown key "levl" → did you mean "level"?",
      "11:1 schema/unknown-key extra: unknown key "extra" → take it out; allowed are "name", "level", "weight", "mail", "objectives"",
      "1:7 schema/wrong-value name: name is "ab"; it must have at least 3 characters → give it at least 3 characters",
      "3:9 schema/wrong-type weight: weight is 1.5; it must be a whole number → write 1 or 2",
      "4:7 schema/wrong-value mail: mail is "nobody"; it must be a valid email → write a valid email",
      "6:10 schema/wrong-type objectives[0].slo: slo is 5; it must be a string → put it in quotes: "5"",
      "7:19 schema/wrong-value objectives[0].pass[1]: pass[1] is "~1"; it must be a comparison such as "<=300ms" → write a comparison such as "<=300ms"",
      "10:5 schema/unknown-key objectives[1].wate: unknown key "wate" → take it out; allowed are "slo", "pass", "wait", "indicator"",
      "8:11 schema/wrong-value objectives[1].pass: pass is an empty list; it must have at least 1 entry → give it at least 1 entry",
    ]
  `);
});

test("of a union the nearest alternative is told, or all of them in one sentence", async () => {
  const objective = (lines: string) =>
    `name: abc\nlevel: advisory\nobjectives:\n  - slo: a\n    pass: ['<1']\n${lines}`;
  expect([
    await check(gate, objective("    wait: true")),
    await check(gate, objective("    wait: {}")),
    await check(gate, objective("    indicator: { kind: query, query: up, unit: seconds }")),
    await check(gate, objective("    indicator: { kind: query, qery: up, unit: s }")),
    await check(gate, objective("    indicator: { kind: qury, query: up }")),
    await check(gate, objective("    indicator: { query: up }")),
    await check(gate, objective("    indicator: 3")),
  ]).toMatchInlineSnapshot(`
    [
      [
        "6:11 schema/wrong-value objectives[0].wait: wait is true; it must be a string, a number or false → put it in quotes: "true"",
      ],
      [
        "6:11 schema/wrong-type objectives[0].wait: wait is an object; it must be a string, a number or false → write a string, a number or false",
      ],
      [
        "6:48 schema/wrong-value objectives[0].indicator.unit: unit is "seconds"; it must be "s" or "ratio" → write "s" or "ratio"",
      ],
      [
        "6:31 schema/unknown-key objectives[0].indicator.qery: unknown key "qery" → did you mean "query"?",
      ],
      [
        "6:24 schema/wrong-value objectives[0].indicator.kind: kind is "qury"; it must be "slo" or "query" → did you mean "query"?",
      ],
      [
        "6:16 schema/missing objectives[0].indicator.kind: "kind" is missing → add it; it must be "query"",
        "6:16 schema/missing objectives[0].indicator.unit: "unit" is missing → add it; it must be "s" or "ratio"",
      ],
      [
        "6:16 schema/wrong-type objectives[0].indicator: indicator is 3; it must be an object → write an object",
      ],
    ]
  `);
});

test("a recursive schema is followed, a union inside a union too", async () => {
  const rule = {
    $schema: "http://json-schema.org/draft-07/schema#",
    definitions: {
      condition: {
        anyOf: [
          {
            type: "object",
            properties: { metric: { type: "string" } },
            required: ["metric"],
            additionalProperties: false,
          },
          {
            type: "object",
            properties: { all: { type: "array", items: { $ref: "#/definitions/condition" } } },
            required: ["all"],
            additionalProperties: false,
          },
          { $ref: "#" },
        ],
      },
    },
    type: "object",
    properties: { when: { $ref: "#/definitions/condition" } },
    required: ["when"],
    additionalProperties: false,
  };
  expect(
    await check(rule, "when: { all: [ { metric: a }, { all: [ { metric: 3 } ] } ] }\n"),
  ).toMatchInlineSnapshot(`
    [
      "1:50 schema/wrong-type when.all[1].all[0].metric: metric is 3; it must be a string → put it in quotes: "3"",
    ]
  `);
  expect(await check(rule, "when: { when: { metrc: a } }\n")).toMatchInlineSnapshot(`
    [
      "1:17 schema/unknown-key when.when.metrc: unknown key "metrc" → did you mean "metric"?",
    ]
  `);
});

test("what only another alternative refuses is neither told nor hides the same mistake outside of the union", async () => {
  const schema = {
    type: "object",
    required: ["name"],
    anyOf: [
      {
        required: ["name", "id", "size"],
        properties: { flag: { anyOf: [{ type: "string" }, { type: "number" }] } },
      },
      { properties: { other: { type: "string" } } },
    ],
  };
  expect(await check(schema, "other: 1\nflag: true\n")).toMatchInlineSnapshot(`
    [
      "1:8 schema/wrong-type other: other is 1; it must be a string → put it in quotes: "1"",
      "1:1 schema/missing name: "name" is missing → add it",
    ]
  `);
});

test("names that are not allowed are shown at the name; a list of constants gets its near match", async () => {
  const schema = {
    type: "object",
    propertyNames: { pattern: "^[a-z]+$" },
    additionalProperties: { enum: ["critical", "warning", 3, null] },
  };
  expect(await check(schema, "a: critcal\nB2: warning\nc: 4\nd: null\n")).toMatchInlineSnapshot(`
    [
      "2:1 schema/wrong-value B2: the key "B2" must match ^[a-z]+$ → rename it",
      "1:4 schema/wrong-value a: a is "critcal"; it must be "critical", "warning", 3 or null → did you mean "critical"?",
      "3:4 schema/wrong-value c: c is 4; it must be "critical", "warning", 3 or null → write "critical", "warning", 3 or null",
    ]
  `);
});

test("schemas in the dialect of 2020-12 are understood", async () => {
  const schema = z.toJSONSchema(z.object({ pair: z.tuple([z.string(), z.number()]) }));
  expect(await check(schema, "pair: [1, 2]\n")).toMatchInlineSnapshot(`
    [
      "1:8 schema/wrong-type pair[0]: pair[0] is 1; it must be a string → put it in quotes: "1"",
    ]
  `);
});
