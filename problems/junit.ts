import { formatLocation, rulePage } from "./format.ts";
import { printable } from "./printable.ts";
import type { Problem } from "./problem.ts";

/**
 * Problems as a JUnit report, which CI servers show as tests: each error is a failed test of its file, warnings and
 * notes are passed ones with output. Without any problem there is one passed test, since no tests at all means failure.
 */
export function junitReport(problems: readonly Problem[]): string {
  const cases =
    problems.length > 0
      ? problems.map(testCase)
      : [`    <testcase name="no problems" classname="fairlead" time="0"/>`];
  const failures = problems.filter((p) => p.severity === "error").length;
  const totals = `tests="${cases.length}" failures="${failures}" errors="0" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="fairlead" ${totals}>`,
    `  <testsuite name="fairlead" ${totals}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(problem: Problem): string {
  const { rule, severity, message, fix, path, location } = problem;
  const name = path === undefined ? rule : `${rule} ${path}`;
  const where = location && formatLocation(location);
  const text = [message, where, fix, rulePage(rule)]
    .filter((line) => line !== undefined)
    .map(escapeXml)
    .join("\n");
  const inner =
    severity === "error"
      ? `<failure message="${escapeXml(message)}" type="${escapeXml(rule)}">${text}</failure>`
      : `<system-out>${text}</system-out>`;
  const head = `name="${escapeXml(name)}" classname="${escapeXml(location?.file ?? "fairlead")}" time="0"`;
  return `    <testcase ${head}>${inner}</testcase>`;
}

// XML 1.0 has no way at all to write most control characters, U+FFFE and U+FFFF; `printable` takes care of the rest.
function escapeXml(text: string): string {
  return printable(text)
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
