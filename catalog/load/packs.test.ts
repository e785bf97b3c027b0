import path from "node:path";
import { expect, test } from "vitest";
import { temporaryProject } from "./temporary-project.ts";

const platform = `import { demo } from "fairlead/packs/demo";
export default {
  name: "shop",
  parts: [demo("api")],
};
`;
const pack = (body: string) => `export function demo(service) {\n  return ${body};\n}\n`;
const built = {
  "index.js": "export {};\n",
  "packs/demo/index.js": pack("{ metrics: { built: { service } } }"),
};

const inFolder = (folder: string, files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]));

test("a pack of the project's own is read from its source, and its places are there", async () => {
  const project = await temporaryProject({
    "catalog/platforms/shop.ts": platform,
    "catalog/packs/demo/index.ts": pack("{\n    metrics: { own: { service } },\n  }"),
    ...inFolder("dist/catalog", built),
  });
  const { platforms, problems, locate } = await project.load({
    fairleadEntry: path.join(project.root, "dist/catalog/index.js"),
  });
  expect(problems).toEqual([]);
  const value = platforms[0]?.value ?? {};
  expect(value).toMatchObject({ parts: [{ metrics: { own: { service: "api" } } }] });
  expect(locate(value, ["parts", 0, "metrics", "own"])).toEqual({
    file: "catalog/packs/demo/index.ts",
    line: 3,
    column: 21,
    exact: true,
  });
});

test("a pack of an installed Fairlead is its built code, whose places are the line that includes it", async () => {
  const project = await temporaryProject({
    "catalog/platforms/shop.ts": platform,
    // A folder of the same name that the project has for itself is no pack of Fairlead's.
    "catalog/packs/demo/index.ts": pack("{ metrics: { own: { service } } }"),
    "node_modules/fairlead/package.json": '{ "name": "fairlead", "type": "module" }',
    ...inFolder("node_modules/fairlead/dist/catalog", built),
  });
  const { platforms, problems, locate } = await project.load({
    fairleadEntry: path.join(project.root, "node_modules/fairlead/dist/catalog/index.js"),
  });
  expect(problems).toEqual([]);
  const value = platforms[0]?.value ?? {};
  expect(value).toMatchObject({ parts: [{ metrics: { built: { service: "api" } } }] });
  expect(locate(value, ["parts", 0, "metrics", "built", "service"])).toEqual({
    file: "catalog/platforms/shop.ts",
    line: 4,
    column: 11,
    exact: false,
  });
});
