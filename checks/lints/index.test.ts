import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { everyLint } from "./index.ts";

test.each(everyLint)("the page of $rule says that it is a $severity", async ({ rule, severity }) => {
  const page = await readFile(join(rootFolder, `docs/rules/${rule}.md`), "utf8");
  expect(page).toMatch(new RegExp(`^# ${rule}: [^\n]+ \\(${severity}\\)\n`));
});

test("no lint is there twice", () => {
  const rules = everyLint.map(({ rule }) => rule);
  expect(rules).toEqual([...new Set(rules)].sort());
});
