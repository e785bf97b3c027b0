import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { nodeFaults } from "./yaml-nodes.ts";
import { yamlPlaces } from "./yaml-places.ts";
import { plainDocuments } from "./yaml-plain.ts";
import { syntaxFaults } from "./yaml-syntax.ts";

/** Documents by the parser of all YAML, and what is wrong with them. */
function wholly(text: string) {
  const parsed = parseAllDocuments(text, {
    schema: "core",
    version: "1.2",
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: "error",
  });
  const documents = (Array.isArray(parsed) ? parsed : []).filter(
    ({ contents, errors }) => errors.length > 0 || (contents !== null && contents.toJSON() !== null),
  );
  return documents.map((document) => ({
    value: document.toJS({ maxAliasCount: 0 }) as unknown,
    faults: [...syntaxFaults([document], text), ...nodeFaults(document.contents, text)],
    places: yamlPlaces(document),
  }));
}

type Path = (string | number)[];

/** Ways to all parts of a value, and to some that are not there. */
function waysIn(value: unknown, way: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [way, [...way, "missing"], [...way, 0]];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    waysIn(part, [...way, Array.isArray(value) ? Number(key) : key]),
  );
  const missing = Array.isArray(value) ? value.length : "missing";
  return [way, [...way, missing], [...way, missing, "deeper"], ...inner];
}

/** Whether the text is plain; if so, it must be what the parser of all YAML makes of it, place by place. */
function isReadAlike(text: string): boolean {
  const plain = plainDocuments(text);
  if (!plain || plain.length === 0) return false;
  const documents = wholly(text);
  expect(documents.flatMap(({ faults }) => faults)).toEqual([]);
  expect(plain.map(({ value }) => value)).toEqual(documents.map(({ value }) => value));
  for (const [i, { value, places }] of plain.entries()) {
    for (const way of waysIn(value)) {
      expect([way, places.value(way), places.key(way)]).toEqual([
        way,
        documents[i]?.places.value(way),
        documents[i]?.places.key(way),
      ]);
    }
  }
  return true;
}

const scalars = [
  "text",
  "two words",
  'sum(rate(x{a="b",c=~"d|e"}[{{.window}}]))',
  "99.9",
  "0",
  "007",
  "1_000",
  "1e3",
  "-1",
  ".5",
  "12:30",
  "2001-01-01",
  "1234567890123456789",
  "0.1234567891234",
  "yes",
  "No",
  "null",
  "~",
  "true",
  ".inf",
  "'it''s'",
  "'a' b'",
  "''",
  "'",
  '"a: b"',
  '"a \\n b"',
  '"',
  '""',
  "a: b",
  "a:",
  "a #b",
  "a#b",
  "# c",
  "[a, b]",
  "{a: b}",
  "&x a",
  "*x",
  "!!str a",
  "|",
  ">-",
  "@a",
  "`a`",
  "%a",
  "- a",
  "-",
  "?",
  "<<",
  "(a)",
  "é",
  "\u3000",
  "a\tb",
  "a\u0085b",
  "http://a/b",
  "a ",
];
const KEYS = ["a", "b", "c", "d", "e_f", "g-h", "k.l", "on", "y", "<<", "__proto__", "'q'", "1"];
const usual = fc
  .tuple(
    fc.constantFrom("", "", "  ", "    "),
    fc.constantFrom("", "", "- "),
    fc.constantFrom(..."abcdefghijklm"),
    fc.constantFrom(": 1.5", ": text", ": 'a'", ":", ":"),
  )
  .map((parts) => parts.join(""));
const line = fc.oneof(
  { weight: 30, arbitrary: usual },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom("", "", "", "", "  ", "  ", "    ", " "),
        fc.constantFrom("", "", "", "", "", "", "- ", "- ", "-   ", "- - "),
        fc.constantFrom(...KEYS),
        fc.constantFrom(": ", ": ", ": ", ":", ":  ", " : "),
        fc.oneof(fc.constant(""), fc.constantFrom(...scalars)),
      )
      .map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "---",
      "# said",
      "  # said",
      "...",
      "%YAML 1.2",
      "  more",
      "- a",
      "--- a",
      "   ",
      "a",
      "\r",
    ),
  },
);

test("what is read as plain YAML is what the parser of all YAML reads, without faults and in the same places", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 6 }), fc.constantFrom("\n", ""), (lines, end) => {
      if (isReadAlike(lines.join("\n") + end)) read += 1;
    }),
    { numRuns: 6000 },
  );
  // Otherwise the property said nothing.
  expect(read).toBeGreaterThan(100);
});

const key = fc.stringMatching(/^[a-z_]{1,5}$/);
const { tree } = fc.letrec((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ maxDepth: 3 }, tie("scalar"), tie("tree"), tie("list")), {
    minKeys: 1,
    maxKeys: 4,
  }),
  list: fc.array(tie("tree"), { minLength: 1, maxLength: 3 }),
  scalar: fc.oneof(
    { weight: 9, arbitrary: fc.oneof(fc.constantFrom("text", "two words", "it's", "a: b"), fc.nat()) },
    { weight: 1, arbitrary: fc.oneof(fc.constantFrom(...scalars), fc.string(), fc.double({ noNaN: true })) },
  ),
}));

test("what the library writes is read alike, whatever it holds", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), fc.boolean(), (values, indentSeq) => {
      if (isReadAlike(values.map((value) => stringify(value, { lineWidth: 0, indentSeq })).join("---\n")))
        read += 1;
    }),
    { numRuns: 400 },
  );
  expect(read).toBeGreaterThan(40);
});

test.each([...scalars, ...KEYS])("%j as a value and as a key is read alike, or not as plain", (word) => {
  for (const text of [`a: ${word}\nb: text\n`, `a:\n  - b: ${word}\n    c: 1`, `${word}: text\nb: 1\n`])
    isReadAlike(text);
  expect(isReadAlike("a: text\nb: 1\n")).toBe(true);
});

test("a specification as Sloth's own examples have it is plain", () => {
  const text = `# Said of it.
version: "prometheus/v1"
service: "myservice"
slos:
  # We allow failing (5xx and 429) 1 request every 1000 requests (99.9%).
  - name: "requests-availability"
    objective: 99.9
    description: "Common SLO based on availability for HTTP request responses."
    sli:
      events:
        error_query: sum(rate(http_request_duration_seconds_count{job="myservice",code=~"(5..|429)"}[{{.window}}]))
        total_query: sum(rate(http_request_duration_seconds_count{job="myservice"}[{{.window}}]))
    alerting:
      name: MyServiceHighErrorRate
`;
  expect(isReadAlike(text)).toBe(true);
  expect(isReadAlike(text.replaceAll(/^ {2}/gm, ""))).toBe(true);
});
