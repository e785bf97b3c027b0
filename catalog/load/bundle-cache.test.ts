import { readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { lines, type TemporaryProject, temporaryProject } from "./temporary-project.ts";

const files = {
  "catalog/platforms/shop.ts":
    'import { size } from "./_parts/size";\nexport default { name: "shop", size };',
  "catalog/platforms/_parts/size.ts": 'export const size = "small";',
};

async function size(project: TemporaryProject): Promise<unknown> {
  const { platforms, problems } = await project.load();
  expect(problems).toEqual([]);
  return (platforms[0]?.value as { size: unknown } | undefined)?.size;
}

function cacheOf({ root }: TemporaryProject): string {
  return path.join(root, ".fairlead/cache");
}

async function records(project: TemporaryProject): Promise<string[]> {
  const names = await readdir(cacheOf(project));
  return names.filter((name) => name.endsWith(".json")).map((name) => path.join(cacheOf(project), name));
}

/** Which file the cache's record is: another one as soon as a bundle was made anew. */
async function made(project: TemporaryProject): Promise<number> {
  const [record = ""] = await records(project);
  return (await stat(record)).ino;
}

describe("a bundle is used again", () => {
  test("while nothing has changed, with the same values and places", async () => {
    const project = await temporaryProject(files);
    const first = await project.load();
    const before = await made(project);
    const second = await project.load();
    expect(await made(project)).toBe(before);
    expect(second.platforms).toEqual(first.platforms);
    const [platform] = second.platforms;
    expect(second.locate(platform?.value as object, ["size"])).toEqual({
      file: "catalog/platforms/_parts/size.ts",
      line: 1,
      column: 21,
      exact: true,
    });
  });

  test("with the problems that were found while it was made", async () => {
    const project = await temporaryProject({
      "catalog/platforms/shop.ts": 'export default { name: "shop", a: 1, a: 2 };',
    });
    const first = await project.load();
    const before = await made(project);
    const second = await project.load();
    expect(await made(project)).toBe(before);
    expect(lines(second.problems)).toEqual(lines(first.problems));
    expect(second.problems[0]?.rule).toBe("load/duplicate-key");
  });

  test("unless it is asked not to", async () => {
    const project = await temporaryProject(files);
    await project.load();
    const before = await made(project);
    await project.load({ cache: false });
    expect(await made(project)).not.toBe(before);
  });
});

describe("a bundle is made anew", () => {
  test("when an imported file was edited", async () => {
    const project = await temporaryProject(files);
    expect(await size(project)).toBe("small");
    await project.write({ "catalog/platforms/_parts/size.ts": 'export const size = "large";' });
    expect(await size(project)).toBe("large");
  });

  test("when a new file goes before the one that was found", async () => {
    const project = await temporaryProject(files);
    expect(await size(project)).toBe("small");
    await project.write({ "catalog/platforms/_parts/size.tsx": 'export const size = "shadow";' });
    expect(await size(project)).toBe("shadow");
  });

  test("when a file takes the place of a folder's index", async () => {
    const project = await temporaryProject({
      "catalog/platforms/shop.ts": 'import { size } from "../parts";\nexport default { name: "shop", size };',
      "catalog/parts/index.ts": 'export const size = "folder";',
    });
    expect(await size(project)).toBe("folder");
    await project.write({ "catalog/parts.ts": 'export const size = "file";' });
    expect(await size(project)).toBe("file");
  });

  test("when an alias leads elsewhere: in tsconfig.json, in what that extends, in a nearer one, or by a new file", async () => {
    const paths = (...targets: string[]) =>
      JSON.stringify({ compilerOptions: { paths: { "@size": targets } } });
    const project = await temporaryProject({
      "catalog/platforms/shop.ts": 'import { size } from "@size";\nexport default { name: "shop", size };',
      "tsconfig.json": '{ "extends": "./base" /* with a comment, */, }',
      "base.json": paths("./a.ts", "./b.ts"),
      "b.ts": 'export const size = "b";',
      "c.ts": 'export const size = "c";',
      "d.ts": 'export const size = "d";',
    });
    expect(await size(project)).toBe("b");
    await project.write({ "a.ts": 'export const size = "a";' });
    expect(await size(project)).toBe("a");
    await project.write({ "base.json": paths("./c.ts") });
    expect(await size(project)).toBe("c");
    await project.write({ "catalog/tsconfig.json": paths("../d.ts") });
    expect(await size(project)).toBe("d");
  });

  test("when a name of package.json's imports leads elsewhere", async () => {
    const manifest = (target: string) => JSON.stringify({ imports: { "#size": target } });
    const project = await temporaryProject({
      "package.json": manifest("./a.ts"),
      "catalog/platforms/shop.ts": 'import { size } from "#size";\nexport default { name: "shop", size };',
      "a.ts": 'export const size = "a";',
      "b.ts": 'export const size = "b";',
    });
    expect(await size(project)).toBe("a");
    await project.write({ "package.json": manifest("./b.ts") });
    expect(await size(project)).toBe("b");
  });

  test("when a platform came or went", async () => {
    const project = await temporaryProject(files);
    await project.load();
    await project.write({ "catalog/platforms/bank.ts": 'export default { name: "bank" };' });
    expect((await project.load()).platforms.map((p) => p.name)).toEqual(["bank", "shop"]);
    await rm(path.join(project.root, "catalog/platforms/bank.ts"));
    expect((await project.load()).platforms.map((p) => p.name)).toEqual(["shop"]);
  });

  test("when a platform that could not be bundled was mended", async () => {
    const project = await temporaryProject({ ...files, "catalog/platforms/bank.ts": "export default {" });
    expect((await project.load()).problems.length).toBe(1);
    expect((await project.load()).problems.length).toBe(1);
    await project.write({ "catalog/platforms/bank.ts": 'export default { name: "bank" };' });
    const { platforms, problems } = await project.load();
    expect([platforms.length, problems]).toEqual([2, []]);
  });

  test("when `fairlead` is another one", async () => {
    const project = await temporaryProject({
      "catalog/platforms/shop.ts":
        'import { version } from "fairlead";\nexport default { name: "shop", size: version };',
      "one.mjs": "export const version = 1;",
      "two.mjs": "export const version = 2;",
    });
    for (const [entry, version] of [
      ["one.mjs", 1],
      ["two.mjs", 2],
      ["one.mjs", 1],
    ] as const) {
      const { platforms } = await project.load({ fairleadEntry: path.join(project.root, entry) });
      expect(platforms[0]?.value).toEqual({ name: "shop", size: version });
    }
  });
});

describe("a damaged cache is made anew", () => {
  const damages: [string, (project: TemporaryProject) => Promise<unknown>][] = [
    ["a record that was cut off", async (p) => cutEach(await records(p))],
    ["an empty record", async (p) => Promise.all((await records(p)).map((file) => writeFile(file, "")))],
    ["a record that was edited", async (p) => edit(await records(p), (text) => text.replace("shop", "shoq"))],
    ["bundles that were cut off", async (p) => cutEach(await bundles(p))],
    [
      "bundles that were edited",
      async (p) => edit(await bundles(p), (text) => text.replace("small", "other")),
    ],
    ["bundles that are gone", async (p) => Promise.all((await bundles(p)).map((file) => rm(file)))],
    [
      "a folder that is gone",
      async (p) => Promise.all((await folders(p)).map((f) => rm(f, { recursive: true }))),
    ],
  ];
  test.each(damages)("%s", async (_, damage) => {
    const project = await temporaryProject(files);
    await project.load();
    await damage(project);
    expect(await size(project)).toBe("small");
    const sound = await Promise.all((await bundles(project)).map((file) => readFile(file, "utf8")));
    expect(sound.join("")).toContain('"small"');
    const before = await made(project);
    expect(await size(project)).toBe("small");
    expect(await made(project)).toBe(before);
  });
});

async function folders(project: TemporaryProject): Promise<string[]> {
  const names = await readdir(cacheOf(project));
  return names.filter((name) => !name.endsWith(".json")).map((name) => path.join(cacheOf(project), name));
}

async function bundles(project: TemporaryProject): Promise<string[]> {
  const found = await Promise.all(
    (await folders(project)).map(async (f) => (await readdir(f)).map((n) => path.join(f, n))),
  );
  return found.flat().filter((file) => file.endsWith(".mjs"));
}

async function cutEach(names: string[]): Promise<void> {
  await edit(names, (text) => text.slice(0, text.length / 2));
}

async function edit(names: string[], change: (text: string) => string): Promise<void> {
  for (const file of names) await writeFile(file, change(await readFile(file, "utf8")));
}

test("many at once leave one sound bundle and nothing half-written", async () => {
  const project = await temporaryProject(files);
  const loaded = await Promise.all(Array.from({ length: 8 }, () => project.load()));
  for (const { platforms } of loaded) expect(platforms[0]?.value).toEqual({ name: "shop", size: "small" });
  expect((await readdir(cacheOf(project))).length).toBe(2);
});

test("bundles that nobody used for a day are removed, those in use are not", async () => {
  const project = await temporaryProject(files);
  await project.load();
  const old = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
  for (const file of [...(await folders(project)), ...(await records(project))]) await utimes(file, old, old);
  await project.load(); // used again
  await project.write({ "catalog/platforms/_parts/size.ts": 'export const size = "large";' });
  await project.load();
  expect((await folders(project)).length).toBe(2);
  for (const file of await folders(project)) await utimes(file, old, old);
  await project.write({ "catalog/platforms/_parts/size.ts": 'export const size = "huge";' });
  await project.load();
  expect((await folders(project)).length).toBe(1);
});

test("the cache stands in node_modules if there is one, or where it is told to", async () => {
  const project = await temporaryProject({ ...files, "node_modules/x/package.json": "{}" });
  await project.load();
  expect((await readdir(path.join(project.root, "node_modules/.cache/fairlead"))).length).toBe(2);
  await project.load({ cacheDir: "tmp/bundles" });
  expect((await readdir(path.join(project.root, "tmp/bundles"))).length).toBe(2);
});

test("a cache that cannot be written is a problem, not a crash", async () => {
  const project = await temporaryProject({ ...files, ".fairlead": "a file" });
  expect(lines((await project.load()).problems)).toMatchInlineSnapshot(`
    [
      "- error load/cache-not-writable: cannot write the bundled catalog to .fairlead/cache (ENOTDIR) → make that folder writable",
    ]
  `);
});
