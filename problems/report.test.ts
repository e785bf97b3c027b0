import { describe, expect, test } from "vitest";
import type { Problem } from "./problem.ts";
import { reportFormats, reportProblems } from "./report.ts";

const problems: Problem[] = [
  {
    rule: "schema/wrong-value",
    severity: "error",
    message: 'objective is "<b>&\u0007\u202E]]>"; it must be a percentage, 100%: yes',
    path: "slos.a.objective",
    fix: 'write "99.9%"',
    location: { file: "catalog/a b,c:d/ü.ts", line: 3, column: 14, exact: true },
  },
  { rule: "load/suspicious-code", severity: "warning", message: "this is odd" },
  {
    rule: "slo/idle",
    severity: "info",
    message: "no events yet",
    location: { file: "z.ts", line: 1, column: 1, exact: false },
  },
];
const report = (format: (typeof reportFormats)[number], of = problems) =>
  reportProblems(of, format, { color: false });

test("every format ends its last line, and tells nothing raw", () => {
  for (const format of reportFormats) {
    expect(report(format)).toMatch(/[^\n]\n$/);
    expect(report(format).replaceAll("\n", "")).not.toMatch(/\p{C}/u);
  }
});

test("as JSON the problems are the same values, sorted, with their numbers", () => {
  const { problems: read, counts } = JSON.parse(report("json"));
  expect(read).toEqual([problems[1], problems[0], problems[2]]);
  expect(counts).toEqual({ error: 1, warning: 1, info: 1 });
});

test("as GitHub annotations what has a meaning there is escaped", () => {
  expect(report("github")).toMatchInlineSnapshot(`
    "::warning title=load/suspicious-code::this is odd
    ::error file=catalog/a b%2Cc%3Ad/ü.ts,line=3,col=14,title=schema/wrong-value::slos.a.objective: objective is "<b>&\\u{7}\\u{202e}]]>"; it must be a percentage, 100%25: yes%0Awrite "99.9%25"
    ::notice file=z.ts,line=1,col=1,title=slo/idle::no events yet
    "
  `);
});

describe("as SARIF", () => {
  const log = JSON.parse(report("sarif"));
  const [run] = log.runs;

  test("it is one run of version 2.1.0 with all rules and results", () => {
    expect(log.version).toBe("2.1.0");
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual([
      "load/suspicious-code",
      "schema/wrong-value",
      "slo/idle",
    ]);
    expect(run.results.map((r: { level: string }) => r.level)).toEqual(["warning", "error", "note"]);
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  test("a place is a relative URI with line and column", () => {
    expect(run.results[1].locations).toMatchInlineSnapshot(`
      [
        {
          "logicalLocations": [
            {
              "fullyQualifiedName": "slos.a.objective",
            },
          ],
          "physicalLocation": {
            "artifactLocation": {
              "uri": "catalog/a%20b%2Cc%3Ad/%C3%BC.ts",
              "uriBaseId": "%SRCROOT%",
            },
            "region": {
              "startColumn": 14,
              "startLine": 3,
            },
          },
        },
      ]
    `);
    expect(run.results[0].locations).toBeUndefined();
  });

  test("no problems are no results", () => {
    expect(JSON.parse(report("sarif", [])).runs[0].results).toEqual([]);
  });
});

describe("as JUnit", () => {
  test("errors are failures, the rest passes with output, and XML stays XML", () => {
    expect(report("junit")).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="fairlead" tests="3" failures="1" errors="0" time="0">
        <testsuite name="fairlead" tests="3" failures="1" errors="0" time="0">
          <testcase name="load/suspicious-code" classname="fairlead" time="0"><system-out>this is odd
      docs/rules/load/suspicious-code.md</system-out></testcase>
          <testcase name="schema/wrong-value slos.a.objective" classname="catalog/a b,c:d/ü.ts" time="0"><failure message="objective is &quot;&lt;b&gt;&amp;\\u{7}\\u{202e}]]&gt;&quot;; it must be a percentage, 100%: yes" type="schema/wrong-value">objective is &quot;&lt;b&gt;&amp;\\u{7}\\u{202e}]]&gt;&quot;; it must be a percentage, 100%: yes
      catalog/a b,c:d/ü.ts:3:14
      write &quot;99.9%&quot;
      docs/rules/schema/wrong-value.md</failure></testcase>
          <testcase name="slo/idle" classname="z.ts" time="0"><system-out>no events yet
      z.ts:1:1 (nearest place found)
      docs/rules/slo/idle.md</system-out></testcase>
        </testsuite>
      </testsuites>
      "
    `);
  });

  test("no problems are one passed test", () => {
    expect(report("junit", [])).toMatchInlineSnapshot(`
      "<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="fairlead" tests="1" failures="0" errors="0" time="0">
        <testsuite name="fairlead" tests="1" failures="0" errors="0" time="0">
          <testcase name="no problems" classname="fairlead" time="0"/>
        </testsuite>
      </testsuites>
      "
    `);
  });

  test("characters that XML cannot hold do not get into it", () => {
    const text = report("junit", [
      { ...(problems[1] as Problem), message: "\uFFFE\uFFFF\u0000\u{D800}\u000B ok" },
    ]);
    expect(text).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u);
    expect(text).toContain(" ok");
  });
});
