import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadProject } from "../model/project.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { edit, newProject } from "./project-folder.ts";

const CATALOG = "catalog/platforms/hello/index.ts";
const POLICY = "policies/hello/release.yaml";

/** What is wrong with the project, one line each: rule, place, message and fix. */
async function wrong(folder: string): Promise<string[]> {
  const problems = await loadProject(folder).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return problems.map(line);
}

function line({ rule, location, message, fix }: Problem): string {
  const at = location ? `${location.file}:${location.line}:${location.column}` : "nowhere";
  return `${rule} ${at} ${message} → ${fix}`;
}

// What is written instead of what, and what must be said of it: rule, the text at the place, and a part of the message or fix.
const catalogMistakes: [string, from: string, to: string, rule: string, at: string, says: string][] = [
  [
    "an unknown key",
    'objective: "99.5%"',
    'objectiv: "99.5%"',
    "schema/unknown-key",
    "objectiv",
    "objective",
  ],
  ["a wrong unit", 'for: "10m"', 'for: "10 minutes"', "schema/wrong-value", '"10 minutes"', "5m"],
  ["a number without its unit", 'objective: "99.5%"', "objective: 99.9", "schema/", "99.9", "99.9%"],
  ["an objective of 0%", 'objective: "99.5%"', 'objective: "0%"', "schema/wrong-value", '"0%"', "invariants"],
  [
    "an objective of 100%",
    'objective: "99.5%"',
    'objective: "100%"',
    "schema/wrong-value",
    '"100%"',
    "invariants",
  ],
  [
    "an unknown SLO",
    'slos: ["availability"],\n              width',
    'slos: ["availabilty"],\n              width',
    "reference/unknown-slo",
    '"availabilty"',
    'did you mean "availability"?',
  ],
  [
    "an unknown service",
    'service: "api",\n      objective',
    'service: "apu",\n      objective',
    "reference/unknown-service",
    '"apu"',
    'did you mean "api"?',
  ],
  [
    "an unknown metric",
    'total: { metric: "http_requests_total" }',
    'total: { metric: "http_request_total" }',
    "reference/unknown-metric",
    '"http_request_total"',
    'did you mean "http_requests_total"?',
  ],
  [
    "an unknown policy",
    'policy: "release"',
    'policy: "relase"',
    "reference/unknown-policy",
    '"relase"',
    'did you mean "release"?',
  ],
  [
    "a service that depends on itself",
    'public: ["http"],',
    'dependsOn: ["api"],',
    "service/cyclic-dependency",
    '"api"',
    "itself",
  ],
  ["PromQL that does not parse", "max(queue_length)", "max(queue_length", "promql/syntax", "", "parse"],
  [
    "PromQL that names an undeclared metric",
    "max(queue_length)",
    "max(queue_lenght)",
    "promql/unknown-metric",
    "queue_lenght",
    'did you mean "queue_length"?',
  ],
  [
    "PromQL that names an undeclared label",
    "sum by (outcome) (rate(http_requests_total[$__rate_interval]))",
    "sum by (outcom) (rate(http_requests_total[$__rate_interval]))",
    "promql/unknown-label",
    "outcom)",
    'did you mean "outcome"?',
  ],
  [
    "a label value that never occurs",
    'where: { outcome: "error" }',
    'where: { outcome: "eror" }',
    "metric/unknown-value",
    '"eror"',
    'did you mean "error"?',
  ],
  ["a wrong type", "replicas: 1", 'replicas: "1"', "schema/", "", "number"],
  [
    "an image that may change",
    "api:1.0.0",
    "api:latest",
    "schema/wrong-value",
    '"ghcr.io/example/api:latest"',
    "latest",
  ],
];

test.each(catalogMistakes)("%s is found in its place", async (_what, from, to, rule, at, says) => {
  const folder = await newProject();
  await edit(folder, CATALOG, from, to);
  const found = await wrong(folder);
  const one = found.find((text) => text.startsWith(rule) && text.includes(says));
  expect(one, found.join("\n")).toBeDefined();
  const [, file, lineNumber, column] = / (\S+?):(\d+):(\d+) /.exec(one ?? "") ?? [];
  expect(file).toBe(CATALOG);
  expect(await textAt(folder, Number(lineNumber), Number(column))).toMatch(
    new RegExp(`^${at.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`),
  );
});

async function textAt(folder: string, lineNumber: number, column: number): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const lines = (await readFile(join(folder, CATALOG), "utf8")).split("\n");
  return lines[lineNumber - 1]?.slice(column - 1) ?? "";
}

const hostileNames = [
  'a"b',
  "a\nb",
  "a${b}",
  "a%{b",
  "a{{b}}",
  "a`b",
  "a\u0007b",
  "a\u202eb",
  "a\u200bb",
  "",
  "../a",
  "a'b",
  "A b",
];

test.each(hostileNames.map((name) => [JSON.stringify(name), name]))("%s is no name", async (shown, name) => {
  const folder = await newProject();
  await edit(folder, CATALOG, '"queue-long": {', `[${JSON.stringify(name)}]: {`);
  const found = await wrong(folder);
  expect(
    found.filter((text) => text.startsWith("schema/wrong-name")),
    `${shown}: ${found.join("\n")}`,
  ).toHaveLength(1);
});

test("a name that two parts use is found in its second place, and the fix names both", async () => {
  const folder = await newProject();
  await edit(
    folder,
    CATALOG,
    "parts: [",
    "parts: [{ metrics: { ...metrics, queue_length: { ...metrics.queue_length } } }, ",
  );
  const found = (await wrong(folder)).map((text) => text.replace(/catalog\/\S+?:\d+(:\d+)?/g, "AT"));
  expect(found).toMatchInlineSnapshot(`
    [
      "reference/duplicate-name AT metrics has "http_requests_total" twice → what is at AT is put in twice: take it out of one of the parts",
      "reference/duplicate-name AT metrics has "queue_length" twice → rename the one at AT or the one at AT",
    ]
  `);
});

// Several mistakes in one entry or file, and everything that must be said of them.
async function wrongAfter(edits: [file: string, from: string, to: string][]): Promise<string[]> {
  const folder = await newProject();
  for (const [file, from, to] of edits) await edit(folder, file, from, to);
  return Promise.all((await wrong(folder)).map((text) => withTexts(folder, text)));
}

/** With what stands there instead of lines of the new project's catalog, which other changes move. */
async function withTexts(folder: string, text: string): Promise<string> {
  const [place, at, column] = /catalog\S+?:(\d+):(\d+)/.exec(text) ?? [];
  if (place === undefined) return text;
  return text.replace(place, `at ‹${(await textAt(folder, Number(at), Number(column))).slice(0, 16)}›`);
}

test("an alert with an unknown key, a misspelt service and an undeclared metric has all three", async () => {
  const found = await wrongAfter([
    [
      CATALOG,
      'severity: "warning",\n      service: "api"',
      'severity: "warning",\n      colour: "red",\n      service: "apu"',
    ],
    [CATALOG, 'metric: "queue_length"', 'metric: "queue_lenght"'],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "schema/unknown-key at ‹colour: "red",› unknown key "colour" → take it out; allowed are "meets", "summary", "description", "severity", "service", "when", "for", "direct", "invariant", "outage", "cause", "runbook"",
      "reference/unknown-service at ‹"apu",› no service "apu" in hello; it has "api" → did you mean "api"?",
      "reference/unknown-metric at ‹"queue_lenght", › no metric "queue_lenght" in hello; it has "http_requests_total", "queue_length" → did you mean "queue_length"?",
    ]
  `);
});

test("an SLO with an objective that is a number and an unknown metric has both", async () => {
  const found = await wrongAfter([
    [CATALOG, 'objective: "99.5%"', "objective: 99.9"],
    [CATALOG, 'total: { metric: "http_requests_total" }', 'total: { metric: "http_request_total" }'],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "schema/wrong-type at ‹99.9,› objective is 99.9; it must be a percentage, written like "99.9%" → write "99.9%"",
      "reference/unknown-metric at ‹"http_request_to› no metric "http_request_total" in hello; it has "http_requests_total", "queue_length" → did you mean "http_requests_total"?",
    ]
  `);
});

test("a service that its schema refuses is still found in a circle", async () => {
  const base = `{ title: "B", description: "b", image: "x/b:1", ports: { http: 80 }, probes: { readiness: { tcp: "http" }, liveness: { tcp: "http" } }, resources: { requests: { cpu: "100m", memory: "128MB" }, limits: { memory: "256Mi" } }, scaling: { replicas: 1 }, dependsOn: ["api"] }`;
  const found = await wrongAfter([
    [
      CATALOG,
      'public: ["http"],\n    },',
      `public: ["http"],\n      dependsOn: ["b"],\n    },\n    b: ${base} as never,`,
    ],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "schema/wrong-value at ‹"128MB" }, limit› memory is "128MB"; it must be an amount of bytes, written like "512Mi" → write "128Mi"",
      "service/cyclic-dependency at ‹"b"],› services depend on each other in a circle: api → b → api → take out one direction: a circle has no order to start in, and no side that fails alone",
    ]
  `);
});

test("what refers to a broken entry is no second mistake", async () => {
  const found = await wrongAfter([
    [CATALOG, 'labels: { outcome: ["ok", "error"] }', "labels: 7"],
    [CATALOG, 'metrics: { port: "http", path: "/metrics" }', 'metrics: { prot: "http" }'],
    [CATALOG, "      rows: [", "      row: ["],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "schema/unknown-key at ‹prot: "http" },› unknown key "prot" → did you mean "port"?",
      "schema/wrong-type at ‹7,› labels is 7; it must be an object → write { NAME: … }",
      "schema/unknown-key at ‹row: [› unknown key "row" → did you mean "rows"?",
    ]
  `);
});

test("a policy with a duplicate key, an unknown key and an unknown SLO has all three, and nothing follows", async () => {
  const found = await wrongAfter([
    [POLICY, "level: mandatory", "level: mandatory\nlevel: advisory\ncolour: red"],
    [POLICY, "slo: availability", "slo: availabilty"],
    [POLICY, "key: true", "key: yes"],
    [POLICY, 'pass: "100%"', 'pass: "101%"'],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "yaml/duplicate-key policies/hello/release.yaml:5:1 the key "level" is there twice in one object → rename or remove one of the two",
      "yaml/ambiguous-scalar policies/hello/release.yaml:12:10 yes is "yes" in YAML 1.2 but true in YAML 1.1 → write "yes" in quotes for the text, or true",
      "schema/wrong-value policies/hello/release.yaml:17:16 pass is "101%"; it must be between 0% and 100% → write, for example, "99.9%"",
      "schema/unknown-key policies/hello/release.yaml:6:1 unknown key "colour" → take it out; allowed are "name", "description", "level", "compare", "objectives", "total", "bootstrap"",
      "reference/unknown-slo policies/hello/release.yaml:9:23 no SLO "availabilty" in hello; it has "availability" → did you mean "availability"?",
    ]
  `);
});

test("an alias bomb is told once", async () => {
  const found = await wrongAfter([
    [POLICY, "level: mandatory", `level: mandatory\na: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`],
  ]);
  expect(found).toMatchInlineSnapshot(`
    [
      "yaml/alias-bomb policies/hello/release.yaml:9:11 written out, the aliases up to "*d" are more than 20000 values → write out what is meant",
    ]
  `);
});

test.each([
  [
    'objective: "99.5%"',
    'objective: "101%"',
    'schema/wrong-value at ‹"101%",› objective is "101%"; it must be between 0% and 100% → write, for example, "99.9%"',
  ],
  [
    'for: "10m"',
    'for: "10 minutes"',
    'schema/wrong-value at ‹"10 minutes",› for is "10 minutes"; it must be a duration, written like "5m" → write "10m"',
  ],
  [
    'kind: "bad-events"',
    'kind: "errors"',
    'schema/wrong-value at ‹"errors",› kind is "errors"; it must be "bad-events", "good-events", "latency", "freshness", "gauge", "custom" or "composite" → write, for example, "bad-events"',
  ],
  [
    'public: ["http"]',
    'public: "http"',
    'schema/wrong-type at ‹"http",› public is "http"; it must be a list → write ["http"]',
  ],
  [
    'policy: "release"',
    'policy: "The Release"',
    'schema/wrong-value at ‹"The Release", e› policy is "The Release"; it must be lower-case letters, digits and single words joined by \'-\', at most 40 → write "the-release"',
  ],
])("instead of %s, %s is one mistake with one fix", async (from, to, said) => {
  expect(await wrongAfter([[CATALOG, from, to]])).toEqual([said]);
});

test("services in a circle are found", async () => {
  const folder = await newProject();
  await edit(
    folder,
    CATALOG,
    'public: ["http"],\n    },',
    'public: ["http"],\n      dependsOn: ["b"],\n    },\n    b: { ...base, dependsOn: ["api"] },',
  );
  await edit(
    folder,
    CATALOG,
    "const services =",
    "const base = { title: 'B', description: 'b', image: 'x/b:1', ports: { http: 80 }, probes: { readiness: { tcp: 'http' }, liveness: { tcp: 'http' } }, resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } }, scaling: { replicas: 1 } } as const;\nconst services =",
  );
  expect(await wrong(folder)).toEqual([expect.stringMatching(/^service\/cyclic-dependency .*api → b → api/)]);
});

const yamlMistakes: [string, from: string, to: string, rule: string, says: string][] = [
  ["a tab", '    warn: [[">=99%"]]', '\twarn: [[">=99%"]]', "yaml/", ""],
  ["a duplicate key", "level: mandatory", "level: mandatory\nlevel: advisory", "yaml/", "level"],
  [
    "an alias bomb",
    "level: mandatory",
    `level: mandatory\na: &a [x,x,x,x,x,x,x,x,x]\n${bomb()}`,
    "yaml/",
    "alias",
  ],
  ["an unknown key", "level: mandatory", "levle: mandatory", "schema/unknown-key", "level"],
  ["a wrong type", "key: true", "key: 7", "schema/", "true or false"],
  ["a wrong criterion", '">=99%"', '"about 99%"', "schema/", ""],
  [
    "an unknown SLO",
    "slo: availability",
    "slo: availabilty",
    "reference/unknown-slo",
    'did you mean "availability"?',
  ],
  [
    "an unknown load profile",
    "load: smoke",
    "load: smok",
    "reference/unknown-load-profile",
    'did you mean "smoke"?',
  ],
];

function bomb(): string {
  const names = ["a", "b", "c", "d", "e", "f"];
  return names
    .slice(1)
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${names[i]}`).join(",")}]`)
    .join("\n");
}

test.each(yamlMistakes)("%s in a policy is found in its place", async (_what, from, to, rule, says) => {
  const folder = await newProject();
  await edit(folder, POLICY, from, to);
  const found = await wrong(folder);
  const matching = found.filter(
    (text) => text.startsWith(`${rule}`) && text.includes(says) && text.includes(`${POLICY}:`),
  );
  expect(matching.length, found.join("\n")).toBeGreaterThan(0);
});

test("every problem of catalog and policies is reported at once", async () => {
  const folder = await newProject();
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "100%"');
  await edit(folder, CATALOG, "max(queue_length)", "max(queue_lenght)");
  await edit(folder, CATALOG, 'image: "ghcr.io/example/api:1.0.0"', "image: 7");
  await edit(folder, POLICY, "level: mandatory", "level: sometimes");
  const rules = (await wrong(folder)).map((text) => text.split(" ")[0]);
  expect(rules).toEqual(
    expect.arrayContaining(["schema/wrong-value", "promql/unknown-metric", "schema/wrong-type"]),
  );
  expect(rules.length).toBeGreaterThanOrEqual(4);
});

test("a catalog with a mistake writes nothing", async () => {
  const folder = await newProject();
  await edit(folder, CATALOG, 'objective: "99.5%"', 'objective: "100%"');
  await writeFile(join(folder, "before"), "");
  await wrong(folder);
  expect(existsSync(join(folder, "generated"))).toBe(false);
});
