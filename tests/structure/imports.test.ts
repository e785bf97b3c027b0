import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { generators, rootFolder, sourceFiles } from "./source-files.ts";

// The way of the data: each folder may import from itself and from those named here.
const base = ["problems", "package-root.ts", "programs"];
const mayImport: Record<string, readonly string[]> = {
  problems: [],
  programs: ["problems"],
  "package-root.ts": [],
  catalog: [...base, "fairlead"],
  model: [...base, "catalog"],
  live: [...base, "model"],
  // What a release is asked says the function that asks it.
  explain: [...base, "catalog", "model", "delivery"],
  diff: [...base, "catalog", "model"],
  ...Object.fromEntries(generators.map((generator) => [generator, [...base, "catalog", "model"]])),
  output: [...base, "catalog", "model", ...generators],
  tools: base,
  checks: [...base, "catalog", "model", "tools", "stacks"],
  init: base,
  delivery: [...base, "catalog", "model", "live"],
  notify: [...base, "model"],
  interchange: [...base, "catalog", "model"],
  // Describes nothing and generates nothing: it reads what its platform's limits and metrics are.
  orchestrator: [...base, "catalog", "model"],
  // Runs what was generated and what stands for the platform, and asks Prometheus; pages are written as runbooks are, and what a load
  // showed is evidence for gates.
  lab: [
    ...[...base, "catalog", "model", "live", "tools", "alerts", "load-tests", "runbooks", "orchestrator"],
    "delivery",
  ],
};
// Applications, not generators, with the folders of their names: these read the project and drive the outside tools.
const applications = ["stacks/main.ts", "stacks/deploy-local.ts", "stacks/deploy/"];

const files = (await sourceFiles()).filter((file) => !/\.test\.ts$|fixtures|template/.test(file));

describe.each(Object.keys(mayImport))("%s", (folder) => {
  const own = files.filter(
    (file) => (file === folder || file.startsWith(`${folder}/`)) && !isApplication(file),
  );

  test("holds something", () => expect(own).not.toEqual([]));

  test.each(own)("%s imports only from where the data comes from", async (file) => {
    const imported = (await localImports(file)).map((path) => path.split("/")[0] ?? path);
    const allowed = new Set([folder, ...(mayImport[folder] ?? [])]);
    expect(imported.filter((name) => !allowed.has(name))).toEqual([]);
  });
});

function isApplication(file: string): boolean {
  return applications.some((app) => file === app || file.startsWith(app.replace(/(\.ts|\/)$/, "/")));
}

async function localImports(file: string): Promise<string[]> {
  const source = await readFile(join(rootFolder, file), "utf8");
  const specifiers = [...source.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  return specifiers.map((specifier) => relative(".", join(dirname(file), specifier)));
}
