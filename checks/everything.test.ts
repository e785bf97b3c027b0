import { expect, test } from "vitest";
import { generateAll } from "../output/generators.ts";
import { modelOf } from "../tests/model-of.ts";
import { policies, shop } from "../tests/shop.ts";
import { checks, runChecks } from "./index.ts";

test("everything that is generated for a platform with one of everything passes every check with the real tools", async () => {
  const model = modelOf([shop], policies);
  const artifacts = await generateAll(model);
  const { problems, ran } = await runChecks({
    root: "/nowhere",
    model,
    artifacts,
    problems: [],
    today: "2026-11-21",
    locate: () => undefined,
  });
  expect(problems).toEqual([]);
  const byDefault = checks.filter(({ onRequest }) => onRequest === undefined);
  expect(ran.map((check) => check.name)).toEqual(byDefault.map((check) => check.name));
  // Policies are counted where they are written, and this project has no folder.
  for (const { name, files } of ran) if (name !== "policies") expect(files, name).toBeGreaterThan(0);
}, 120_000);
