import { describe, expect, test } from "vitest";
import { readSarif } from "./sarif.ts";

const valuesOf = (content: object) =>
  Object.fromEntries(
    Object.entries(readSarif(JSON.stringify(content)).values).map(([name, { value }]) => [name, value]),
  );

describe("findings of any scanner", () => {
  const severe = {
    id: "js/sql-injection",
    defaultConfiguration: { level: "error" },
    properties: { "security-severity": "9.8" },
  };
  const scan = (results: object[], also: object = {}) => ({
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "CodeQL", rules: [{ id: "js/mild", defaultConfiguration: { level: "note" } }] },
          extensions: [
            { name: "codeql/javascript-queries", rules: [severe] },
            { name: "of one's own", guid: "f1", rules: [severe] },
          ],
        },
        results,
        ...also,
      },
    ],
  });
  const { id } = severe;

  test.each<[string, object]>([
    ["index in an extension", { ruleId: id, rule: { id, index: 0, toolComponent: { index: 0 } } }],
    ["index beside it", { ruleIndex: 0, rule: { toolComponent: { index: 1 } } }],
    [
      "index in a component of a name",
      { rule: { index: 0, toolComponent: { name: "codeql/javascript-queries" } } },
    ],
    ["index in a component of a GUID", { rule: { index: 0, toolComponent: { guid: "f1" } } }],
    ["id alone", { ruleId: id }],
    ["id that goes on", { ruleId: `${id}/1` }],
  ])("are as severe as their rule says, found by its %s", (_how, one) => {
    expect(valuesOf(scan([one]))).toMatchObject({ errors: 1, severe: 1 });
  });

  test.each<[string, object[], object, string]>([
    ["an index that points nowhere", [{ ruleIndex: 7 }], {}, "of rule 7, and its index of none or another"],
    ["an index of another rule", [{ ruleId: id, ruleIndex: 0 }], {}, `of rule ${id}, and its index of none`],
    [
      "results elsewhere",
      [],
      { externalPropertyFileReferences: { results: [{}] } },
      "keeps results in another file",
    ],
  ])("cannot be relied on with %s", (_what, results, also, message) => {
    expect(() => valuesOf(scan(results, also))).toThrow(message);
  });

  test.each(["9,8", "", "high", "98", "0x9"])("with a severity of %j cannot be relied on", (severity) => {
    const text = JSON.stringify(scan([{ ruleId: id }])).replace("9.8", severity);
    expect(() => readSarif(text)).toThrow("security-severity");
  });

  test.each<[number, object[]]>([
    [0, [{ kind: "inSource" }]],
    [0, [{ kind: "inSource" }, { kind: "external", status: "accepted" }]],
    [1, []],
    [1, [{ kind: "external", status: "rejected" }]],
    [1, [{ kind: "inSource" }, { kind: "external", status: "rejected" }]],
    [
      1,
      [
        { kind: "external", status: "accepted" },
        { kind: "external", status: "underReview" },
      ],
    ],
  ])("count %d where suppressed as %j", (errors, suppressions) => {
    expect(valuesOf(scan([{ ruleId: id, suppressions }]))).toMatchObject({ errors });
  });
});
