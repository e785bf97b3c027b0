import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Problem } from "../../problems/problem.ts";
import { readYaml, readYamlDocuments } from "./yaml-file.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "fairlead-yaml-"));
});
afterAll(() => rm(root, { recursive: true }));

async function read(content: string | Uint8Array) {
  await writeFile(path.join(root, "gate.yaml"), content);
  return readYaml(root, "gate.yaml");
}

function lines(problems: readonly Problem[]): string[] {
  return problems.map(
    (p) =>
      `${p.location?.line}:${p.location?.column} ${p.severity} ${p.rule}: ${p.message} → ${p.fix ?? "-"}`,
  );
}

test("a plain file is plain data without problems", async () => {
  const { value, problems } = await read(
    'name: a\nlist:\n  - 1\n  - "yes"\n  - 0.5\nempty: null\nflag: true\n',
  );
  expect(problems).toEqual([]);
  expect(value).toEqual({ name: "a", list: [1, "yes", 0.5], empty: null, flag: true });
});

describe("what cannot be read is shown at its place", () => {
  test.each([
    [
      "a tab as indentation, and only the tab",
      "a:\n  b:\n\t- 1\n",
      "3:1 error yaml/tab: a tab stands where YAML needs spaces → indent with spaces",
    ],
    [
      "a list that is not closed",
      "a: [1, 2\nb: 3\n",
      "2:1 error yaml/syntax-error: flow sequence in block collection must be sufficiently indented and end with a ] → indent the line like those beside it",
    ],
    [
      "a text with a colon",
      "a: b: c\n",
      "1:4 error yaml/syntax-error: nested mappings are not allowed in compact mappings → put the text in quotes if it holds ': '",
    ],
    [
      "a text that begins with @",
      "a: 1\nb: @x\n",
      "2:4 error yaml/syntax-error: plain value cannot start with reserved character @ → put the text in quotes",
    ],
    [
      "quotes that are not closed",
      'a: "x\n',
      "1:4 error yaml/syntax-error: the quotes are not closed → close them",
    ],
    [
      "a map behind a list, told once",
      "- a\nb: 1\n",
      "2:1 error yaml/syntax-error: unexpected scalar at node end → correct the line",
    ],
    [
      "an alias without an anchor",
      "limit: &limit 5\nb: *limti\n",
      '2:4 error yaml/unknown-alias: there is no anchor "&limti" above → did you mean "*limit"?',
    ],
    [
      "an alias inside what it stands for",
      "a: &a\n  b: *a\n",
      '2:6 error yaml/alias-bomb: "*a" stands inside what it stands for → write the value out',
    ],
    [
      "nesting without end",
      "[".repeat(20_000),
      "1:822 error yaml/too-deep: the file is nested too deeply → nest less",
    ],
    [
      "a map as a key",
      "? {a: 1}\n: b\n",
      "1:3 error yaml/non-string-key: the key here is not a text → write a text as the key",
    ],
  ])("%s", async (_, source, shown) => {
    const { value, problems } = await read(source);
    expect(value).toBeUndefined();
    expect(lines(problems)).toEqual([shown]);
  });

  test("a billion laughs are stopped before they are written out", async () => {
    const laughs = ["a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
    for (const [one, next] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"]) {
      laughs.push(`${next}: &${next} [${`*${one}, `.repeat(10)}]`);
    }
    const { value, problems } = await read(laughs.join("\n"));
    expect(value).toBeUndefined();
    expect(lines(problems)[0]).toMatchInlineSnapshot(
      `"5:8 error yaml/alias-bomb: written out, the aliases up to "*d" are more than 20000 values → write out what is meant"`,
    );
  });

  test("a file that is not there", async () => {
    const { problems, value, locate } = await readYaml(root, "no.yaml");
    expect(value).toBeUndefined();
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "1:1 error yaml/not-found: cannot read the file (ENOENT) → correct its name",
      ]
    `);
    expect(locate(["a"])).toEqual({ file: "no.yaml", line: 1, column: 1, exact: false });
  });

  test("a file in another encoding", async () => {
    const { problems } = await read(Buffer.from("a: 1\nname: caf\xe9\n", "latin1"));
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "1:15 error yaml/wrong-encoding: the file is not in UTF-8 → save it as UTF-8",
      ]
    `);
  });
});

describe("what other tools read differently must be written clearly", () => {
  test.each([
    [
      "yes",
      "yes",
      'yes is "yes" in YAML 1.2 but true in YAML 1.1 → write "yes" in quotes for the text, or true',
    ],
    [
      "Off",
      "Off",
      'Off is "Off" in YAML 1.2 but false in YAML 1.1 → write "Off" in quotes for the text, or false',
    ],
    ["012", 12, '012 is 12 in YAML 1.2 but 10 in YAML 1.1 → write "012" in quotes for the text, or 10 or 12'],
    [
      "-0_7",
      "-0_7",
      '-0_7 is "-0_7" in YAML 1.2 but -7 in YAML 1.1 → write "-0_7" in quotes for the text, or -7',
    ],
    [
      "12:30",
      "12:30",
      '12:30 is "12:30" in YAML 1.2 but 750 in YAML 1.1 → write "12:30" in quotes for the text, or 750',
    ],
    [
      "190:20:30",
      "190:20:30",
      '190:20:30 is "190:20:30" in YAML 1.2 but 685230 in YAML 1.1 → write "190:20:30" in quotes for the text, or 685230',
    ],
    [
      "1_000",
      "1_000",
      '1_000 is "1_000" in YAML 1.2 but 1000 in YAML 1.1 → write "1_000" in quotes for the text, or 1000',
    ],
    [
      "0o17",
      15,
      '0o17 is 15 in YAML 1.2 but "0o17" in YAML 1.1 → write "0o17" in quotes for the text, or 15',
    ],
    [
      "0b101",
      "0b101",
      '0b101 is "0b101" in YAML 1.2 but 5 in YAML 1.1 → write "0b101" in quotes for the text, or 5',
    ],
    [
      "12345678901234567890",
      Number("12345678901234567890"),
      'the number 12345678901234567890 cannot be kept exactly: it would become 12345678901234567000 → put it in quotes if it is a name or an id: "12345678901234567890"',
    ],
    [
      "12e3456",
      Number.POSITIVE_INFINITY,
      'the number 12e3456 cannot be kept exactly: it would become Infinity → put it in quotes if it is a name or an id: "12e3456"',
    ],
  ])("%s", async (scalar, read12, shown) => {
    const { value, problems } = await read(`a: 1\nkey: ${scalar} # note\n`);
    expect(value).toEqual({ a: 1, key: read12 });
    expect(problems.map((p) => `${p.message} → ${p.fix}`)).toEqual([shown]);
    expect(problems[0]).toMatchObject({ severity: "error", location: { line: 2, column: 6, exact: true } });
  });

  test.each([
    "no thanks",
    "y",
    "1.10",
    "0",
    "0x1F",
    "1e3",
    ".inf",
    "2026-11-21",
    "12:75",
    "v012",
    "true",
    "~",
    '"yes"',
    "'012'",
  ])("%s is clear enough", async (scalar) => {
    expect((await read(`key: ${scalar}\n`)).problems).toEqual([]);
  });

  test("keys are held to the same, and must be texts", async () => {
    const { problems } = await read("on: 1\n1: a\ntrue: b\n~: c\n012: d\n");
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "1:1 error yaml/ambiguous-scalar: on is "on" in YAML 1.2 but true in YAML 1.1 → write "on" in quotes for the text, or true",
        "2:1 error yaml/non-string-key: the key 1 is not a text → put it in quotes: "1"",
        "3:1 error yaml/non-string-key: the key true is not a text → put it in quotes: "true"",
        "4:1 error yaml/non-string-key: the key ~ is not a text → put it in quotes: "~"",
        "5:1 error yaml/non-string-key: the key 012 is not a text → put it in quotes: "012"",
      ]
    `);
  });

  test("merge keys, tags, further documents and repeated keys", async () => {
    const { problems } = await read(
      "x: &x {a: 1}\ny:\n  <<: *x\nz: !secret s\nx: 2\nw: {a: 1, b: 2, a: 3}\n---\nsecond: 1\n",
    );
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "3:3 error yaml/merge-key: \`<<\` is an ordinary key in YAML 1.2 and merges nothing → write the keys out; only some tools merge",
        "4:4 error yaml/unknown-tag: the tag !secret means nothing here → remove the tag",
        "5:1 error yaml/duplicate-key: the key "x" is there twice in one object → rename or remove one of the two",
        "6:17 error yaml/duplicate-key: the key "a" is there twice in one object → rename or remove one of the two",
        "8:1 error yaml/several-documents: the file holds 2 documents; only one can be read → put each document in a file of its own",
      ]
    `);
  });
});

describe("characters that nobody sees", () => {
  test("a byte order mark is a warning and moves nothing", async () => {
    const { problems, value, locate } = await read("\uFEFFa: 1\n");
    expect(value).toEqual({ a: 1 });
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "1:1 warning yaml/byte-order-mark: the file begins with a byte order mark → save it as UTF-8 without a byte order mark",
      ]
    `);
    expect(locate(["a"])).toMatchObject({ line: 1, column: 4 });
  });

  test("control and bidirectional characters are errors at their place", async () => {
    const { problems } = await read('a: "x\u0007y"\nb: ok\nc: "\u202Eevil"\nd: \u{1F600}\u200B\n');
    expect(lines(problems)).toMatchInlineSnapshot(`
      [
        "1:6 error yaml/control-character: the line holds the control character U+0007 → remove it, or write "\\u0007" inside double quotes",
        "3:5 error yaml/invisible-character: the line holds an invisible character, U+202E → remove it, or write "\\u202E" inside double quotes",
        "4:6 error yaml/invisible-character: the line holds an invisible character, U+200B → remove it, or write "\\u200B" inside double quotes",
      ]
    `);
  });

  test("a binary file is not listed line by line", async () => {
    const { problems } = await read("\u0000\n".repeat(500));
    expect(problems.length).toBeLessThan(40);
  });
});

test("an empty file says so", async () => {
  expect(lines((await read("# only a comment\n")).problems)).toMatchInlineSnapshot(`
    [
      "1:1 error yaml/empty: the file holds nothing → describe something in it",
    ]
  `);
});

test("a key named __proto__ is data", async () => {
  const { value } = await read("__proto__:\n  polluted: true\n");
  expect(Object.hasOwn(value as object, "__proto__")).toBe(true);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

describe("places", () => {
  const source = [
    "# a gate", //                      1
    "name: café", //                    2
    "total: { pass: 90%, warn: 75% }", // 3
    "objectives:", //                   4
    "  - name: p95", //                 5
    "    pass: [ [ '<1s' ] ]", //       6
    "  -", //                           7
    "    name: errors", //              8
    "limits: &limits", //               9
    "  cpu: 5", //                     10
    "again: *limits", //               11
    "nothing:", //                     12
  ].join("\r\n");
  test.each([
    [[], "2:1"],
    [["name"], "2:7"],
    [["total"], "3:8"],
    [["total", "warn"], "3:27"],
    [["total", "wrn"], "3:8"],
    [["objectives"], "4:1"],
    [["objectives", 0], "5:5"],
    [["objectives", 0, "name"], "5:11"],
    [["objectives", 0, "pass", 0, 0], "6:15"],
    [["objectives", 1], "8:5"],
    [["objectives", 1, "name"], "8:11"],
    [["objectives", 1, "weight"], "8:5"],
    [["objectives", 7, "name"], "4:1"],
    [["limits", "cpu"], "10:8"],
    [["again"], "11:8"],
    [["again", "cpu"], "10:8"],
    [["nothing"], "12:1"],
  ])("the value at %j is at %s", async (way, place) => {
    const { line, column, exact } = (await read(source)).locate(way);
    expect([`${line}:${column}`, exact]).toEqual([place, true]);
  });

  test.each([
    [["total", "warn"], "3:21"],
    [["objectives", 0, "pass"], "6:5"],
    [["again"], "11:1"],
    [["no", "such"], "2:1"],
  ])("the key at %j is at %s", async (way, place) => {
    const { line, column } = (await read(source)).locateKey(way);
    expect(`${line}:${column}`).toBe(place);
  });
});

test("each document of a file of several is a value of its own, and what is wrong in it is told at its place in the file", async () => {
  const text = "---\na: 1\n---\n# nothing\n---\nb:\n  c: 2\n  c: 3\n";
  await writeFile(path.join(root, "several.yaml"), text);
  const documents = await readYamlDocuments(root, "several.yaml");
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, { b: { c: 3 } }]);
  expect(documents[1]?.locate(["b"])).toMatchObject({ line: 6, column: 1 });
  expect(
    documents.map(({ problems }) => problems.map(({ rule, location }) => [rule, location?.line])),
  ).toEqual([[], [["yaml/duplicate-key", 8]]]);
});
