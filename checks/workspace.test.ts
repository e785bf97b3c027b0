import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { expect, test } from "vitest";
import { temporaryFolder } from "../tools/fake-tools.ts";
import { artifact } from "./run-alone.ts";
import { openWorkspace } from "./workspace.ts";

test("the folder holds every artifact under its path, is written once, and is gone when it is closed", async () => {
  const workspace = openWorkspace([
    artifact("generated/a/b.yaml", "b: é\n"),
    artifact("generated/c.json", "{}"),
  ]);
  const folder = await workspace.folder();
  expect(await workspace.folder()).toBe(folder);
  expect(await readFile(join(folder, "generated/a/b.yaml"), "utf8")).toBe("b: é\n");
  await workspace.close();
  expect(existsSync(folder)).toBe(false);
});

test("a folder that could not be written whole is removed too", async () => {
  const workspace = openWorkspace([artifact("generated/a", ""), artifact("generated/a/b.yaml", "")]);
  await expect(workspace.folder()).rejects.toThrow();
  await workspace.close();
  await openWorkspace([]).close();
});

test("a process that exits before it closes the folder leaves none behind", async () => {
  const into = await temporaryFolder();
  const code = `
    import { openWorkspace } from "./workspace.ts";
    console.log(await openWorkspace([{ path: "generated/a", content: "" }]).folder());
    process.exit(130);`;
  const outfile = join(into, "exits.mjs");
  await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: "ts" },
    ...{ outfile, bundle: true, format: "esm", platform: "node", packages: "external", logLevel: "error" },
  });
  const { stdout, exitCode } = await execa(process.execPath, [outfile], { reject: false });
  expect(exitCode).toBe(130);
  expect(stdout).toMatch(/fairlead-check-/);
  expect(existsSync(stdout)).toBe(false);
});
