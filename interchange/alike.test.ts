import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../alerts/fixtures/temporary-folder.ts";
import { rulesOf } from "../alerts/index.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { alikeRules, type RuleText } from "./alike.ts";
import { carryOver } from "./carry.ts";
import { Findings, type ForeignSlo } from "./foreign.ts";
import { importPlatform, importRules } from "./import.ts";
import { namesOf } from "./names.ts";

const location = { file: "spec.yaml", line: 1, column: 1, exact: true };
const query = (text: string) => ({ text, location });

/** Rule files by name, and what was said of them. */
type Made = { files: Record<string, string>; said: unknown };

const told = ({ problems }: Findings) => problems.map(({ rule, message }) => `${rule} ${message}`).sort();

function wholly(slos: ForeignSlo[], platform: string): Made {
  const findings = new Findings();
  const { model } = carryOver({ slos, services: {} }, { platform, findings });
  const rules = model.platforms.flatMap((one) => one.environments.flatMap((env) => [...rulesOf(one, env)]));
  return { files: byPath(rules), said: told(findings) };
}

function alike(slos: ForeignSlo[], platform: string): Made | undefined {
  const findings = new Findings();
  const rules = alikeRules({ slos, services: {} }, { platform, findings, write: rulesOf });
  return rules && { files: byPath(rules), said: told(findings) };
}

const byPath = (rules: Iterable<{ path: string; content: string }>) =>
  Object.fromEntries([...rules].map(({ path, content }) => [path, content]).sort());

interface Words {
  name: string;
  service: string;
  value: string;
  text: string;
}

const REQUESTS = "sum(rate(http_requests_total";
const selections = [
  ({ value }: Words) => `route="${value}"`,
  ({ value, service }: Words) => `service="${service}", route = "${value}"`,
  ({ value, service }: Words) => `job="shop-${service}",route="${value}"`,
  ({ value }: Words) => `job="api",route!="${value}",verb="${value}"`,
  ({ value }: Words) => `route="${value}",route=~"${value}.*|other"`,
  ({ service }: Words) => `service="${service}x"`,
];
const sides = [
  (selected: string): [string, string] => [`${selected},code=~"5.."`, selected],
  (selected: string): [string, string] => [`${selected},code="500"`, selected],
  (selected: string): [string, string] => [`code=~"(5..|429)",${selected}`, selected],
];
const slos = (words: Words[], form: { selection: number; side: number; objective: number }): ForeignSlo[] =>
  words.map((own) => {
    const [bad, total] = sides[form.side]?.(selections[form.selection]?.(own) ?? "") ?? ["", ""];
    return {
      name: own.name,
      service: own.service,
      title: own.name,
      description: own.text,
      objective: form.objective,
      period: "30d",
      sli: {
        kind: "ratio",
        counts: "bad",
        part: query(`${REQUESTS}{${bad}}[$window]))`),
        total: query(`${REQUESTS}{${total}}[$window]))`),
      },
      location,
      objectiveAt: location,
    };
  });

const form = fc.record({
  selection: fc.nat(selections.length - 1),
  side: fc.nat(sides.length - 1),
  objective: fc.constantFrom(99.9, 99, 80),
});
const plainName = fc.stringMatching(/^[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,4}){0,2}$/);
const plain = fc.record({
  name: plainName,
  service: fc.constantFrom("api", "web", "orders-2"),
  value: fc.stringMatching(/^[a-zA-Z][\w-]{0,8}$/),
  text: fc.stringMatching(/^[A-Za-z0-9][\w :#,.'<>=!?*&|%@/-]{0,40}$/).map((text) => text.trim()),
});
// Words that mean something to YAML, PromQL, a template or the catalog, or look like what stands for a word.
const meaning = [
  "no",
  "e5",
  "index",
  "shop",
  "other",
  "500",
  "a",
  "zq1qz",
  "Zq1qz",
  "{{ $labels.slo }}",
  'x"y',
  "x\\",
  "${x}",
  "$&",
  "a: b #c",
  "1",
  "",
  "é\u202e",
];
const hostile = fc.record({
  name: fc.oneof(plainName, fc.constantFrom(...meaning)),
  service: fc.oneof(plainName, fc.constantFrom(...meaning)),
  value: fc.constantFrom("r0", "zq1qz", "shop", "other", "500", "a", "x.y", "api"),
  text: fc.oneof(fc.constantFrom(...meaning), fc.string({ maxLength: 20 })),
});

test("rules of SLOs that are alike are those that the whole platform's model has, and so is what is said of them", () => {
  let taken = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(plain, { minLength: 5, maxLength: 8 }),
        fc
          .tuple(fc.array(plain, { minLength: 5, maxLength: 8 }), hostile)
          .map(([words, one]) => [...words, one]),
      ),
      form,
      (words, one) => {
        const all = slos(words, one);
        const found = alike(all, "shop");
        if (!found) return;
        taken += 1;
        expect(found).toEqual(wholly(all, "shop"));
      },
    ),
    { numRuns: 400 },
  );
  // Otherwise the property said nothing.
  expect(taken).toBeGreaterThan(50);
});

test("a platform of several forms, whose services share a metric, is written form by form", () => {
  const words = (prefix: string, service: (i: number) => string) =>
    Array.from({ length: 6 }, (_, i) => ({
      name: `${prefix}-${i}`,
      service: service(i),
      value: `r${i}`,
      text: `Number ${i}.`,
    }));
  const all = [
    ...slos(
      words("first", (i) => `svc-${i}`),
      { selection: 0, side: 0, objective: 99.9 },
    ),
    ...slos(
      words("second", () => "svc-1"),
      { selection: 1, side: 1, objective: 99 },
    ),
  ];
  const found = alike(all, "shop");
  expect(Object.keys(found?.files ?? {})).toHaveLength(13);
  expect(found).toEqual(wholly(all, "shop"));
});

test("few SLOs of a form, an objective or a text that is refused and two names that are one in Prometheus are left to the whole model", () => {
  const word = (name: string) => ({ name, service: "api", value: "r", text: "Text." });
  const of = (names: string[], objective = 99.9, text = "Text.") =>
    alike(
      slos(
        names.map((name) => ({ ...word(name), text })),
        { selection: 0, side: 0, objective },
      ),
      "shop",
    );
  const names = ["one", "two", "three", "four", "five"];
  expect(of(names)).toBeDefined();
  expect(of(names.slice(1))).toBeUndefined();
  expect(of(names, 100)).toBeUndefined();
  expect(of(names, 99, "long ".repeat(1000))).toBeUndefined();
  expect(of([...names, "a1", "a-1"])).toBeUndefined();
  expect(
    namesOf(slos(["a1", "a-1"].map(word), { selection: 0, side: 0, objective: 99 }), new Findings()),
  ).toEqual(["a1", "a-1"]);
});

test("rules alone come with the warnings and the errors of the whole import, from SLOs that are alike and from others", async () => {
  const folder = await temporaryFolder([]);
  const spec = (objective: number, extra: string) => `version: prometheus/v1
service: api
slos:
${["a", "b", "c", "d", "e"]
  .map(
    (name) => `  - name: ${name}-works
    objective: ${objective}
    sli:
      events:
        error_query: sum(rate(requests_total{route="${name}",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(requests_total{route="${name}"${extra}}[{{.window}}]))
    alerting:
      name: Old
`,
  )
  .join("")}`;
  const outcome = async (made: Promise<{ rules: Iterable<RuleText>; warnings: Problem[] }>) =>
    made.then(
      ({ rules, warnings }) => ({ files: byPath(rules), warnings }),
      (error: unknown) => {
        if (error instanceof ProblemsError) return { refused: error.problems };
        throw error;
      },
    );
  const specs = {
    alike: spec(99.9, ""),
    labelled: spec(99.9, ',job="x"'),
    never: spec(100, ""),
    other: spec(99, "[1h]"),
  };
  for (const [name, text] of Object.entries(specs)) {
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, text);
    const how = { format: "sloth", platform: "shop" } as const;
    const whole = async () => {
      const { model, warnings } = await importPlatform([file], how);
      const rules = model.platforms.flatMap((one) =>
        one.environments.flatMap((env) => [...rulesOf(one, env)]),
      );
      return { rules, warnings };
    };
    const made = await outcome(importRules([file], { ...how, write: rulesOf }));
    expect(made).toEqual(await outcome(whole()));
    expect("refused" in made, name).toBe(name === "never" || name === "other");
  }
});
