import { expect, test } from "vitest";
import { edit, newProject } from "./project-folder.ts";
import { aliasBomb, CATALOG, POLICY, textAt, wrong } from "./wrong-project.ts";

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
    `level: mandatory\na: &a [x,x,x,x,x,x,x,x,x]\n${aliasBomb()}`,
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

test.each(yamlMistakes)("%s in a policy is found in its place", async (_what, from, to, rule, says) => {
  const folder = await newProject();
  await edit(folder, POLICY, from, to);
  const found = await wrong(folder);
  const matching = found.filter(
    (text) => text.startsWith(`${rule}`) && text.includes(says) && text.includes(`${POLICY}:`),
  );
  expect(matching.length, found.join("\n")).toBeGreaterThan(0);
});
