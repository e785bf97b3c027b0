import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { everyLint } from "./index.ts";

test.each(everyLint)("the page of $rule says that it is a $severity", async ({ rule, severity }) => {
  const page = await readFile(join(rootFolder, `docs/rules/${rule}.md`), "utf8");
  expect(page).toMatch(new RegExp(`^# ${rule}: [^\n]+ \\(${severity}\\)\n`));
});

test("each lint has a file and a test of its own, and no file is of none", async () => {
  const names = everyLint.map(({ rule }) => rule.replace("lint/", ""));
  const files = await readdir(join(rootFolder, "checks/lints"));
  const tested = files.flatMap((file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? []);
  expect(tested.filter((name) => name !== "index").sort()).toEqual([...names].sort());
  expect(names.filter((name) => !files.includes(`${name}.ts`))).toEqual([]);
});

test("no lint is there twice", () => {
  const rules = everyLint.map(({ rule }) => rule);
  expect(rules).toEqual([...new Set(rules)].sort());
});
