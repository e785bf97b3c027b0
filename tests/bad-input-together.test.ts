// Several mistakes in one entry or file, and everything that must be said of them.
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { edit, newProject } from "./project-folder.ts";
import { aliasBomb, CATALOG, POLICY, textAt, wrong } from "./wrong-project.ts";

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
      "schema/unknown-key at ‹colour: "red",› unknown key "colour" → take it out; allowed are "meets", "summary", "description", "severity", "service", "when", "for", "because", "direct", "invariant", "outage", "cause", "runbook"",
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
      "schema/unknown-key policies/hello/release.yaml:6:1 unknown key "colour" → take it out; allowed are "name", "description", "level", "overriddenBy", "compare", "objectives", "total", "bootstrap"",
      "reference/unknown-slo policies/hello/release.yaml:9:23 no SLO "availabilty" in hello; it has "availability" → did you mean "availability"?",
    ]
  `);
});

test("an alias bomb is told once", async () => {
  const found = await wrongAfter([
    [POLICY, "level: mandatory", `level: mandatory\na: &a [x,x,x,x,x,x,x,x,x]\n${aliasBomb()}`],
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
