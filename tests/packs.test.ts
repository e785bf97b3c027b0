import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadProject } from "../model/project.ts";
import { generateAll } from "../output/generators.ts";
import { ProblemsError } from "../problems/problem.ts";
import { edit, newProject } from "./project-folder.ts";

const CATALOG = "catalog/platforms/hello/index.ts";

/** A new project that includes the production base by one line. */
async function projectWithBase(line: string): Promise<string> {
  const folder = await newProject();
  await edit(
    folder,
    CATALOG,
    "const services =",
    `import { productionBase } from "fairlead/packs/production-base";\n\nconst services =`,
  );
  await edit(folder, CATALOG, "const metrics =", `${line}\n\nconst metrics =`);
  await edit(folder, CATALOG, "parts: [", "parts: [base, ");
  return folder;
}

async function problemsIn(folder: string): Promise<string[]> {
  const problems = await loadProject(folder).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return problems.map(({ rule, location, fix }) => `${rule} ${location?.file}:${location?.line} → ${fix}`);
}

test("a project of somebody else's includes a pack by one line", async () => {
  const folder = await projectWithBase(
    'const base = productionBase({ services }, { caches: { services: ["api"] } });',
  );
  const { model } = await loadProject(folder);
  const names = model.platforms[0]?.alerts.map((alert) => alert.name);
  expect(names).toContain("api-cache-misses");
});

test("requirements that a pack was written for appear nowhere in a project that does not list them", async () => {
  const folder = await projectWithBase(
    'const base = productionBase({ services }, { caches: { services: ["api"] } });',
  );
  const { model } = await loadProject(folder);
  const cached = model.platforms[0]?.metrics.find(({ name }) => name.startsWith("cache_"));
  expect(cached?.meets.join()).toMatch(/^PM-/);
  const files = await generateAll(model);
  expect(files.filter(({ path, content }) => /\bPM-\d/.test(path + content)).map(({ path }) => path)).toEqual(
    [],
  );
});

test("a problem in a pack is shown where the project includes it", async () => {
  const folder = await projectWithBase(
    'const base = productionBase({ services }, { caches: { services: ["apj" as "api"], hits: "1/2" as "50%" } });',
  );
  const problems = await problemsIn(folder);
  const source = await readFile(join(folder, CATALOG), "utf8");
  const line = source.slice(0, source.indexOf("const base =")).split("\n").length;
  expect(problems.length).toBeGreaterThan(1);
  expect(problems).toContainEqual(`reference/unknown-service ${CATALOG}:${line} → did you mean "api"?`);
  for (const problem of problems) expect(problem).toMatch(new RegExp(` ${CATALOG}:${line} `));
});

test.each([
  [
    "a pack",
    "packs/production-base",
    "packs/production-bse",
    "load/import-not-found",
    "fairlead/packs/production-base",
  ],
  [
    "an export",
    "{ productionBase }",
    "{ productionBas as productionBase }",
    "load/export-not-found",
    "productionBase",
  ],
])("a wrong name of %s is told with the right one", async (_what, right, wrong, rule, near) => {
  const folder = await projectWithBase("const base = productionBase({ services }, {});");
  await edit(folder, CATALOG, right, wrong);
  expect(await problemsIn(folder)).toEqual([`${rule} ${CATALOG}:14 → did you mean "${near}"?`]);
});
