import path from "node:path";
import { describe, expect, test } from "vitest";
import { lines, temporaryProject } from "./temporary-project.ts";

const shop = "catalog/platforms/shop/index.ts";
const good = 'import { definePlatform } from "fairlead";\nexport default definePlatform({ name: "shop" });\n';

async function problemsOf(
  files: Record<string, string>,
  options?: { limitSeconds: number },
): Promise<string[]> {
  const project = await temporaryProject(files);
  return lines((await project.load(options)).problems);
}

test("a folder or a single file is a platform; what begins with '_', tests and declarations are not", async () => {
  const project = await temporaryProject({
    [shop]: good,
    "catalog/platforms/bank.ts": 'export default { name: "bank" };',
    "catalog/platforms/bank.test.ts": "throw new Error();",
    "catalog/platforms/types.d.ts": "export {};",
    "catalog/platforms/_parts/x.ts": "throw new Error();",
    "catalog/platforms/README.md": "",
  });
  const { platforms, problems, root } = await project.load();
  expect(problems).toEqual([]);
  expect(platforms).toEqual([
    { name: "bank", file: "catalog/platforms/bank.ts", value: { name: "bank" } },
    { name: "shop", file: shop, value: { name: "shop" } },
  ]);
  expect(root).toBe(project.root);
});

test("platforms share what they both import, as modules do", async () => {
  const project = await temporaryProject({
    "catalog/platforms/a.ts": 'import { labels } from "../labels";\nexport default { name: "a", labels };',
    "catalog/platforms/b.ts": 'import { labels } from "../labels";\nexport default { name: "b", labels };',
    "catalog/labels.ts": "export const labels = { team: 'x' };",
  });
  const [a, b] = (await project.load()).platforms.map((p) => p.value as { labels: object });
  expect(a?.labels).toBe(b?.labels);
});

describe("what is wrong is told at its place, with a fix", () => {
  test("no platform, or no project at all", async () => {
    const empty = await temporaryProject({ "package.json": "{}" });
    expect(lines((await empty.load()).problems)).toMatchInlineSnapshot(`
      [
        "- error load/no-platforms: catalog/platforms holds no platform → run \`fairlead init DIR\` for a first one, or run fairlead in your project's folder",
      ]
    `);
    const folder = { "catalog/platforms/shop/slos.ts": "export {};" };
    expect(await problemsOf(folder)).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop:1:1 near error load/no-index: the folder catalog/platforms/shop has no index.ts → add an index.ts that default-exports definePlatform({ … }), or let the folder's name begin with '_'",
      ]
    `);
  });

  test("a syntax error, behind a tab and an emoji", async () => {
    expect(
      await problemsOf({ [shop]: 'const a = {\n\tb: "🙂", c: ,\n};\nexport default a;' }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:2:14 error load/syntax-error: Unexpected "," → correct the line, or what stands before it",
      ]
    `);
  });

  test("imports that lead nowhere: a file, a package, a name of a file, a name of fairlead", async () => {
    expect(
      await problemsOf({
        [shop]: [
          'import { slos } from "./slo";',
          'import { x } from "lodahs";',
          'import { y } from "@acme/parts/deep";',
          "export default { slos, x, y };",
        ].join("\n"),
        "catalog/platforms/shop/slos.ts": "export const slos = {};",
      }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:22 error load/import-not-found: cannot find "./slo" → did you mean "./slos"?",
        "catalog/platforms/shop/index.ts:2:19 error load/import-not-found: cannot find "lodahs" → install the package "lodahs" in this project",
        "catalog/platforms/shop/index.ts:3:19 error load/import-not-found: cannot find "@acme/parts/deep" → install the package "@acme/parts/deep" in this project",
      ]
    `);
    expect(
      await problemsOf({
        [shop]: [
          'import { slo } from "./slos.ts";',
          'import { defineSlo } from "fairlead";',
          'import * as parts from "./slos.ts";',
          "export default { slo, a: { n: [1], b: [parts.slots], c: defineSlo() } };",
        ].join("\n"),
        "catalog/platforms/shop/slos.ts": "export type slo = 1; export const slos = {};",
      }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:10 error load/export-not-found: catalog/platforms/shop/slos.ts has no export "slo" → did you mean "slos"?",
        "catalog/platforms/shop/index.ts:2:10 error load/export-not-found: "fairlead" has no export "defineSlo" → did you mean "defineSlos"?",
        "catalog/platforms/shop/index.ts:4:46 error load/export-not-found: catalog/platforms/shop/slos.ts has no export "slots" → did you mean "slos"?",
      ]
    `);
  });

  test("a file of a kind that cannot be imported", async () => {
    const files = {
      [shop]: 'import q from "./q.promql";\nexport default { q };',
      "catalog/platforms/shop/q.promql": "up",
    };
    expect(await problemsOf(files)).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:15 error load/import-not-found: a file of this kind cannot be imported → import TypeScript, JavaScript or JSON; read other files with node:fs",
      ]
    `);
  });

  test("the same key twice in one object, which only the last would win", async () => {
    const source = 'export default {\n  name: "shop",\n  slos: { "🙂": [{}], a: 1, b: 2, a: 3 },\n};';
    expect(await problemsOf({ [shop]: source })).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:3:35 error load/duplicate-key: the key "a" is written twice in one object → rename or remove one of the two; only the last would count",
      ]
    `);
  });

  test("an exception, at the place that threw it", async () => {
    expect(
      await problemsOf({
        [shop]: 'import { slos } from "./slos";\nexport default { name: "shop", slos };',
        "catalog/platforms/shop/slos.ts": [
          "type Long = {",
          "  a: 1;",
          "};",
          "const list: string[] | undefined = process.env['NEVER'] as never;",
          'export const slos = { "🙂": [{ ...{} }], first: { of: list.length } };',
        ].join("\n"),
      }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/slos.ts:5:60 error load/threw: the catalog threw TypeError: Cannot read properties of undefined (reading 'length') → a catalog only describes: correct or remove the code that fails",
      ]
    `);
  });

  test("an exception with a cause, and things thrown that are no errors", async () => {
    const cause =
      'throw new RangeError("too many", { cause: new Error("cannot count") });\nexport default {};';
    expect(await problemsOf({ [shop]: cause })).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:7 error load/threw: the catalog threw RangeError: too many (because of Error: cannot count) → a catalog only describes: correct or remove the code that fails",
      ]
    `);
    expect(await problemsOf({ [shop]: 'throw "a string";\nexport default {};' })).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:1 near error load/threw: the catalog threw 'a string' → a catalog only describes: correct or remove the code that fails",
      ]
    `);
    expect(
      await problemsOf({ [shop]: "throw Object.create(null);\nexport default {};" }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:1 near error load/threw: the catalog threw [Object: null prototype] {} → a catalog only describes: correct or remove the code that fails",
      ]
    `);
  });

  test("an exception inside something else, at the nearest place of the catalog", async () => {
    expect(
      await problemsOf({ [shop]: "export default { name: [].reduce(() => 1) };" }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:27 near error load/threw: the catalog threw TypeError: Reduce of empty array with no initial value → a catalog only describes: correct or remove the code that fails",
      ]
    `);
  });

  test("files that import each other, in which a constant may be undefined without a word", async () => {
    const circle = {
      [shop]: 'import { a } from "./a.ts";\nexport const b = { a };\nexport default { name: "shop", b };',
      "catalog/platforms/shop/a.ts": 'import { c } from "./c.ts";\nexport const a = { c };',
      "catalog/platforms/shop/c.ts":
        'export const x = 1;\nimport { b } from "./index.ts";\nexport const c = { b };',
    };
    expect(await problemsOf(circle)).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/a.ts:1:19 warning load/import-cycle: files import each other in a circle: catalog/platforms/shop/a.ts → catalog/platforms/shop/c.ts → catalog/platforms/shop/index.ts → catalog/platforms/shop/a.ts → move what they both need into a file of its own; else a constant may be undefined when it is used",
      ]
    `);
    const types = {
      [shop]: 'import { a } from "./a.ts";\nexport type T = string;\nexport default { name: "shop", a };',
      "catalog/platforms/shop/a.ts": 'import { T } from "./index.ts";\nexport const a: T = "";',
    };
    expect(await problemsOf(types)).toEqual([]);
    const later = {
      [shop]: 'import { a } from "./a.ts";\nexport default { name: "shop", a };',
      "catalog/platforms/shop/a.ts": 'export const a = 1;\nexport const later = () => import("./index.ts");',
    };
    expect(await problemsOf(later)).toEqual([]);
    const laterBelow = {
      [shop]: 'import { z } from "./z.ts";\nexport default { name: "shop", z };',
      "catalog/platforms/shop/z.ts": 'export const z = 1;\nexport const later = () => import("./index.ts");',
    };
    expect(await problemsOf(laterBelow)).toEqual([]);
  });

  test("a catalog that never ends", async () => {
    const source = "await new Promise(() => {});\nexport default {};";
    expect(await problemsOf({ [shop]: source }, { limitSeconds: 0.05 })).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop/index.ts:1:1 near error load/did-not-finish: the catalog was still running when the time limit was over → let the catalog wait for nothing: no servers, no timers, no network",
      ]
    `);
  });

  test.each([
    [
      "no default export",
      "export const b = {}; export const a = 1;",
      'has no default export; it exports "a", "b"',
    ],
    ["undefined", "export default undefined;", "is undefined, not an object"],
    ["a list", "export default [{ name: 'shop' }];", "is a list, not an object"],
    ["a promise", "export default Promise.resolve({ name: 'shop' });", "is a promise, not an object"],
    ["a function", "export default () => ({ name: 'shop' });", "is a function, not an object"],
    ["a map", "export default new Map();", "is a Map, not an object"],
  ])("a default export that is no platform: %s", async (_, source, said) => {
    const project = await temporaryProject({ [shop]: source });
    const { platforms, problems } = await project.load();
    expect(platforms).toEqual([]);
    expect(problems.length).toBe(1);
    expect(problems[0]?.rule).toBe(said.startsWith("has") ? "load/no-default-export" : "load/not-an-object");
    expect(problems[0]?.message).toContain(said);
    expect(problems[0]?.fix).toBe("write `export default definePlatform({ … })`");
  });

  test("names that do not fit: another than the folder's, one that is taken, a folder and a file", async () => {
    expect(
      await problemsOf({
        [shop]: 'export default {\n  title: "x",\n  name: "shopp",\n};',
        "catalog/platforms/shop.ts": good,
        "catalog/platforms/bank.ts": 'export default { name: "shop" };',
      }),
    ).toMatchInlineSnapshot(`
      [
        "catalog/platforms/shop.ts:1:1 error load/duplicate-platform: there are two platforms "shop": catalog/platforms/shop/index.ts and catalog/platforms/shop.ts → remove or rename one of them",
        "catalog/platforms/bank.ts:1:24 error load/name-mismatch: the file is named "bank", but the platform in it "shop", which is that of catalog/platforms/shop/index.ts → write name: "bank"",
        "catalog/platforms/shop/index.ts:3:9 error load/name-mismatch: the folder is named "shop", but the platform in it "shopp" → write name: "shop", or rename the folder",
      ]
    `);
  });
});

test("a broken platform hides neither the others' values nor their problems", async () => {
  const project = await temporaryProject({
    "catalog/platforms/a.ts": "export default {;",
    "catalog/platforms/b.ts": 'import { nothing } from "./c.ts";\nexport default { nothing };',
    "catalog/platforms/c.ts": 'export default { name: "c" };',
    "catalog/platforms/d.ts": "throw new Error('d fails');\nexport default {};",
    "catalog/platforms/e.ts": "export const e = 1;",
  });
  const { platforms, problems } = await project.load();
  expect(platforms.map((p) => p.name)).toEqual(["c"]);
  expect(lines(problems)).toMatchInlineSnapshot(`
    [
      "catalog/platforms/a.ts:1:17 error load/syntax-error: Expected identifier but found ";" → correct the line, or what stands before it",
      "catalog/platforms/b.ts:1:10 error load/export-not-found: catalog/platforms/c.ts has no export "nothing" → it has no named exports",
      "catalog/platforms/d.ts:1:7 error load/threw: the catalog threw d fails → a catalog only describes: correct or remove the code that fails",
      "catalog/platforms/e.ts:1:1 near error load/no-default-export: catalog/platforms/e.ts has no default export; it exports "e" → write \`export default definePlatform({ … })\`",
    ]
  `);
});

test("what two platforms share and what fails in it is told once", async () => {
  const problems = await problemsOf({
    "catalog/platforms/a.ts": 'import { x } from "../x.ts";\nexport default { name: "a", x };',
    "catalog/platforms/b.ts": 'import { x } from "../x.ts";\nexport default { name: "b", x };',
    "catalog/x.ts": 'export const x = 1;\nthrow new Error("shared");',
  });
  expect(problems).toMatchInlineSnapshot(`
    [
      "catalog/x.ts:2:7 error load/threw: the catalog threw shared → a catalog only describes: correct or remove the code that fails",
    ]
  `);
});

test("no message names a place of this machine", async () => {
  const project = await temporaryProject({
    [shop]:
      "import 'node:fs';\nexport default { f: (await import('node:fs')).readFileSync('/nowhere/at/all') };",
    "catalog/platforms/b.ts":
      "export default { ...new Proxy({}, { ownKeys() { throw new Error('trap'); } }) };",
  });
  for (const line of lines((await project.load()).problems)) expect(line).not.toContain(project.root);
});

test("a byte order mark and Windows line ends move no place", async () => {
  const source = '\uFEFFexport default {\r\n  name: "shop", // 🙂\r\n  text: `a\r\nb`,\r\n};\r\n';
  const project = await temporaryProject({ [shop]: source });
  const { platforms, locate, locateInside } = await project.load();
  const value = platforms[0]?.value as object;
  expect(locate(value, [])).toMatchObject({ line: 1, column: 16 });
  expect(locate(value, ["name"])).toMatchObject({ line: 2, column: 9, exact: true });
  expect(locateInside(value, ["text"], 2)).toMatchObject({ line: 4, column: 1, exact: true });
});

test("the project's own packages, aliases and files beside the catalog are found", async () => {
  const project = await temporaryProject({
    "package.json": '{ "imports": { "#teams": "./catalog/teams.ts" } }',
    "node_modules/sizes/package.json": '{ "name": "sizes", "exports": "./index.js", "type": "module" }',
    "node_modules/sizes/index.js": "export const small = '1Gi';",
    "tsconfig.json": '{ "compilerOptions": { "paths": { "@parts/*": ["./parts/*"] } } }',
    "parts/labels.ts": "export const labels = { team: 'x' };",
    "catalog/teams.ts": "export const teams = ['sre'];",
    "catalog/platforms/note.txt": "read me",
    "catalog/platforms/shop.ts": [
      'import { readFileSync } from "node:fs";',
      'import { small } from "sizes";',
      'import { labels } from "@parts/labels";',
      'import { teams } from "#teams";',
      'const note = readFileSync(new URL("./note.txt", import.meta.url), "utf8");',
      'export default { name: "shop", small, labels, teams, note };',
    ].join("\n"),
  });
  const { platforms, problems, locate } = await project.load();
  expect(problems).toEqual([]);
  const [platform] = platforms;
  expect(platform?.value).toEqual({
    name: "shop",
    small: "1Gi",
    labels: { team: "x" },
    teams: ["sre"],
    note: "read me",
  });
  expect(locate(platform?.value as object, ["labels", "team"])).toMatchObject({
    file: "parts/labels.ts",
    column: 31,
  });
});

test("fairlead may be built JavaScript; then it is the running module, not a copy", async () => {
  const project = await temporaryProject({
    "fairlead.mjs": "export const definePlatform = (value) => value;\nexport const self = {};",
    [shop]:
      'import { definePlatform, self } from "fairlead";\nexport default definePlatform({ name: "shop", self });',
    "catalog/platforms/wrong.ts":
      'import { definePlatfrom } from "fairlead";\nexport default definePlatfrom({});',
  });
  const fairleadEntry = path.join(project.root, "fairlead.mjs");
  const { platforms, problems } = await project.load({ fairleadEntry });
  const { self } = (await import(fairleadEntry)) as { self: object };
  expect((platforms[0]?.value as { self: object } | undefined)?.self).toBe(self);
  expect(lines(problems)).toMatchInlineSnapshot(`
    [
      "catalog/platforms/wrong.ts:1:10 error load/export-not-found: "fairlead" has no export "definePlatfrom" → did you mean "definePlatform"?",
    ]
  `);
});

test("an argument of a function of the catalog's is found also through calls of built packages", async () => {
  const project = await temporaryProject({
    "fairlead.mjs": "export const defineSlos = (references, slos) => slos;",
    [shop]: [
      'import { defineSlos } from "fairlead";',
      "const slos = (objective: string) => defineSlos({}, { a: { objective } });",
      "function one(name: string) {",
      "  return defineSlos({ name }, { name });",
      "}",
      'export default { name: "shop", slos: slos("99%"), one: one("first") };',
    ].join("\n"),
  });
  const { platforms, locate } = await project.load({
    fairleadEntry: path.join(project.root, "fairlead.mjs"),
  });
  const value = platforms[0]?.value as object;
  expect(locate(value, ["one", "name"])).toMatchObject({ line: 6, column: 60, exact: true });
});
