// Vitest runs what it imports in a runner of its own. Here the loader runs as users run it: bundled, by Node itself.
import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lines, temporaryProject } from "./temporary-project.ts";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

let folder: string;
beforeAll(async () => {
  // Inside the checkout, so that esbuild and the parser are found.
  folder = await mkdtemp(here("../../node_modules/.fairlead-native-"));
  await build({
    entryPoints: { load: here("./index.ts"), fairlead: here("./fixtures/fairlead.ts") },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    packages: "external",
  });
});
afterAll(() => rm(folder, { recursive: true }));

const PROGRAM = `
  const [load, fairleadEntry, root] = process.argv.slice(1);
  const { loadCatalog } = await import(load);
  const { platforms, problems, locate } = await loadCatalog(root, { fairleadEntry });
  const places = platforms.map((p) => locate(p.value, ["name"]));
  console.log(JSON.stringify({ platforms, problems, places }));
`;

/** What a process of its own read in the project, and what it wrote to stderr. */
async function loadIn(root: string) {
  const load = pathToFileURL(path.join(folder, "load.mjs")).href;
  const args = ["--input-type=module", "--eval", PROGRAM, load, path.join(folder, "fairlead.mjs"), root];
  const child = spawn(process.execPath, args, { timeout: 30_000, env: { ...process.env, NODE_OPTIONS: "" } });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (output.stdout += data));
  child.stderr.on("data", (data) => (output.stderr += data));
  await new Promise((resolve) => child.once("close", resolve));
  return { ...JSON.parse(output.stdout || "{}"), stderr: output.stderr };
}

test("an exception is shown at its place, without a word on stderr", async () => {
  const { root } = await temporaryProject({
    "catalog/platforms/a.ts": [
      'import { definePlatform } from "fairlead";',
      "interface Skipped {",
      "  line: 1;",
      "}",
      'export default definePlatform({ name: "a", "🙂": [{ ...{} }], broken: [].reduce(() => 1) });',
    ].join("\n"),
    "catalog/platforms/b.ts": 'import { c } from "../c.ts";\nexport default { name: "b", c };',
    "catalog/c.ts": "const list: string[] = [];\nexport const c = { ...{}, first: list[0]!.length };",
    "catalog/platforms/d.ts": 'export default { name: "d" };',
  });
  const { platforms, problems, places, stderr } = await loadIn(root);
  expect(stderr).toBe("");
  expect(lines(problems)).toMatchInlineSnapshot(`
    [
      "catalog/platforms/a.ts:5:74 near error load/threw: the catalog threw TypeError: Reduce of empty array with no initial value → a catalog only describes: correct or remove the code that fails",
      "catalog/c.ts:2:43 error load/threw: the catalog threw TypeError: Cannot read properties of undefined (reading 'length') → a catalog only describes: correct or remove the code that fails",
    ]
  `);
  expect(platforms.map((p: { name: string }) => p.name)).toEqual(["d"]);
  expect(places).toEqual([{ file: "catalog/platforms/d.ts", line: 1, column: 24, exact: true }]);
});

test("several processes at once read the same and leave one bundle; a later one uses it", async () => {
  const { root } = await temporaryProject({
    "catalog/platforms/shop.ts": 'import { parts } from "../parts";\nexport default { name: "shop", parts };',
    "catalog/parts.ts": `export const parts = [${'{ label: "a part" },'.repeat(500)}];`,
  });
  const all = await Promise.all([1, 2, 3, 4].map(() => loadIn(root)));
  for (const one of all) {
    expect([one.problems, one.stderr]).toEqual([[], ""]);
    expect(one.platforms[0].value.parts.length).toBe(500);
  }
  expect((await readdir(path.join(root, ".fairlead/cache"))).length).toBe(2);
  expect((await loadIn(root)).places).toEqual(all[0]?.places);
});
