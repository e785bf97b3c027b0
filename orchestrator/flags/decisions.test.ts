import { expect, test } from "vitest";
import { loadProject } from "../../model/project.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { decided, decidingFlags, decisions, unknownValues } from "./decisions.ts";

test("every flag of the project's catalogs decides something, between values that the code knows, and is stable where nothing is said", async () => {
  const { model } = await loadProject(rootFolder);
  const flags = model.platforms.flatMap((platform) => platform.flags);
  expect(flags.map(({ name }) => name)).toEqual(decidingFlags);
  for (const { name, variants } of flags) {
    expect(unknownValues(name, variants), name).toEqual([]);
    expect(variants.stable).toBe(decisions[name as keyof typeof decisions][0]);
  }
});

test("what is not known, or not said, is as without the flag", () => {
  expect(decided("agent-instructions", undefined)).toBe("plain");
  expect(decided("agent-instructions", { "agent-instructions": { value: "open-questions" } })).toBe(
    "open-questions",
  );
  expect(decided("agent-instructions", { "agent-instructions": { value: "of-tomorrow" } })).toBe("plain");
  expect(unknownValues("agent-instructions", { a: "plain", b: "of-tomorrow", c: 7 })).toEqual(["b", "c"]);
  expect(unknownValues("constructor", { a: 1 })).toEqual([]);
});
