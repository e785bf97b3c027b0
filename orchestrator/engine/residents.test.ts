import { expect, test } from "vitest";
import { ownPlatform } from "../../tests/project-model.ts";
import { agentTypesOf, residentsOf } from "./residents.ts";

test("a process brings agents of the types that its platform's metrics tell apart, whichever label names them (CC-9, NX-5)", async () => {
  const types = agentTypesOf(await ownPlatform("commandcenter"));
  expect(types).toEqual(expect.arrayContaining(["code-reviewer", "patcher"]));
  expect(residentsOf(types, 10).filter(({ type }) => type === "code-reviewer")).toHaveLength(1);
  expect(agentTypesOf(await ownPlatform("nexus"))).toEqual(expect.arrayContaining(["architect", "tester"]));
});
