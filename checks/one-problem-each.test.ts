import { expect, test } from "vitest";
import type { Problem } from "../problems/problem.ts";
import { oneProblemEach } from "./one-problem-each.ts";

const problem = (path: string, more: Partial<Problem> = {}): Problem => ({
  rule: "check/promtool-rules",
  severity: "error",
  message: "promtool: no",
  path,
  location: { file: "catalog/slos.ts", line: 4, column: 3, exact: true },
  ...more,
});

test("the same mistake in several generated files is one problem", () => {
  expect(
    oneProblemEach([problem("prod/a.yaml:5"), problem("dev/a.yaml:5"), problem("local/a.yaml:5")]),
  ).toEqual([problem("prod/a.yaml:5 and 2 more")]);
});

test("problems that differ in more than the file stay apart, in their order", () => {
  const different = [
    problem("a"),
    problem("a", { message: "promtool: other" }),
    problem("a", { severity: "warning" }),
  ];
  expect(oneProblemEach(different)).toEqual(different);
});

test("problems without a place, and problems of the catalog, are only one where they are equal", () => {
  const nowhere = (path: string): Problem => ({
    rule: "check/amtool",
    severity: "error",
    message: "no",
    path,
  });
  const catalog = (path: string) => problem(path, { rule: "schema/missing" });
  const all = [nowhere("a"), nowhere("b"), catalog("slos.a"), catalog("slos.b")];
  expect(oneProblemEach([...all, ...all])).toEqual(all);
});
