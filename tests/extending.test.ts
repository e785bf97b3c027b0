// What the developer's guide shows is compiled and run, in a copy of the sources in which its files stand where it says.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { examplesOf } from "./page-examples.ts";
import { copyOf } from "./project-folder.ts";
import { rootFolder, sourceFiles } from "./structure/source-files.ts";

const PAGE = "docs/development/extending.md";

test("the examples of a lint, a check and a generator compile, and their tests pass", async () => {
  const files = examplesOf(await readFile(join(rootFolder, PAGE), "utf8")).flatMap(({ file, value }) =>
    file === undefined ? [] : [{ file, value }],
  );
  const folder = await copyOf(rootFolder, [
    ...(await sourceFiles()).filter((file) => !file.startsWith("catalog/platforms/")),
    ...["package.json", "tsconfig.json"],
  ]);
  await symlink(join(rootFolder, "node_modules"), join(folder, "node_modules"));
  for (const { file, value } of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${value}\n`);
  }
  const names = files.map(({ file }) => file);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(await projectOf(names)));
  const run = (program: string, ...args: string[]) =>
    execa(process.execPath, [join(rootFolder, "node_modules", program), ...args], { cwd: folder, all: true });
  await run("typescript/bin/tsc", "--noEmit", "--pretty", "false");
  const tests = names.filter((name) => name.endsWith(".test.ts"));
  expect(tests).toHaveLength(3);
  await writeFile(join(folder, "vitest.config.ts"), CONFIGURATION);
  const said = await run("vitest/vitest.mjs", "run", "--no-color", ...tests);
  expect(said.all).toMatch(/Tests +3 passed/);
});

/** The project's compiler options, for these files alone. */
async function projectOf(include: string[]): Promise<object> {
  const { compilerOptions } = JSON.parse(await readFile(join(rootFolder, "tsconfig.json"), "utf8"));
  return { compilerOptions, include };
}

const CONFIGURATION = `import { fileURLToPath } from "node:url";
export default {
  resolve: { alias: { fairlead: fileURLToPath(new URL("./catalog/index.ts", import.meta.url)) } },
};
`;
