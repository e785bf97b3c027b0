import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generators, rootFolder, sourceFiles } from "./source-files.ts";

test.each(generators)("%s has the shape of a generator: index.ts, README.md and tests", async (folder) => {
  const names = await readdir(join(rootFolder, folder));
  expect(names).toContain("index.ts");
  expect(names).toContain("README.md");
  expect((await sourceFiles()).some((f) => f.startsWith(`${folder}/`) && f.endsWith(".test.ts"))).toBe(true);
});

test("no file or folder is named after nothing in particular", async () => {
  const vague = /(^|\/)(utils?|helpers?|common|misc|shared|manager)(\.|\/)/;
  expect((await sourceFiles()).filter((file) => vague.test(file))).toEqual([]);
});

// The same shape as a rule's id, and none: where the files of a new project are.
const folders = new Set(["init/template", "init/promotion"]);

test("every rule has its page, and every page its rule", async () => {
  const sources = (await sourceFiles()).filter((file) => !/\.test\.ts$|fixtures/.test(file));
  const texts = await Promise.all(sources.map((file) => readFile(join(rootFolder, file), "utf8")));
  const pages = await readdir(join(rootFolder, "docs/rules"), { recursive: true });
  const named = pages.filter((page) => page.endsWith(".md")).map((page) => page.replace(/\.md$/, ""));
  const areas = new Set(named.flatMap((rule) => rule.split("/")[0] ?? []));
  const rules = texts.flatMap((text) =>
    [...text.matchAll(/"([a-z-]+\/[a-z-]+)"/g)].map((match) => match[1] ?? ""),
  );
  const used = new Set(rules.filter((rule) => areas.has(rule.split("/")[0] ?? "") && !folders.has(rule)));
  const withoutPage = [...used].filter((rule) => !existsSync(join(rootFolder, `docs/rules/${rule}.md`)));
  expect(withoutPage).toEqual([]);
  expect(named.filter((rule) => !used.has(rule) && !rule.startsWith("reference/unknown-"))).toEqual([]);
});
