// Whatever problems hold, each report stays what its schema says, and no log takes a line of it for a command (issue 7, CI).
import fc from "fast-check";
import { expect, test } from "vitest";
import { howMany } from "../tests/how-many.ts";
import { commandsIn } from "../tests/log-commands.ts";
import { wrongInJUnit, wrongInSarif } from "../tests/report-schemas.ts";
import { printable, printableJson } from "./printable.ts";
import type { Problem } from "./problem.ts";
import { type ReportFormat, reportFormats, reportProblems } from "./report.ts";

const attacks = [
  ...[
    "::set-output name=a::b",
    "::stop-commands::t",
    "::error::x",
    "##[add-mask]x",
    "##[set-env name=A;]b",
    "::",
    "##[",
  ],
  ...[
    "\n",
    "\r",
    "\u2028",
    "\u0085",
    "\u000b",
    " ",
    "\t",
    "%0A::error::x",
    "%",
    ",",
    ":",
    "]]>",
    "<",
    "&",
    '"',
    "`",
    "|",
    "@ada",
  ],
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...attacks), fc.string({ unit: "binary", maxLength: 5 })), { maxLength: 6 })
  .map((parts) => parts.join(""));
const maybe = fc.option(hostile, { nil: undefined });
const place = fc.record({
  file: hostile.filter((file) => file !== ""),
  line: fc.integer({ min: 1, max: 1e6 }),
  column: fc.integer({ min: 1, max: 1e4 }),
  exact: fc.boolean(),
});
const problem: fc.Arbitrary<Problem> = fc
  .record({
    rule: hostile,
    severity: fc.constantFrom("error" as const, "warning" as const, "info" as const),
    message: hostile,
    path: maybe,
    fix: maybe,
    location: fc.option(place, { nil: undefined }),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as never);
const problems = fc.array(problem, { maxLength: 4 });
const report = (found: readonly Problem[], format: ReportFormat) =>
  reportProblems(found, format, { color: false, command: "check", version: "1.0.0" });

test("no problem gets a command of its own into a log, in any format", () => {
  fc.assert(
    fc.property(problems, (found) => {
      for (const format of reportFormats) {
        const commands = commandsIn(report(found, format));
        if (format !== "github") expect(commands, format).toEqual([]);
        else {
          expect(commands.map(({ name }) => name).sort()).toEqual(
            found.map(({ severity }) => (severity === "info" ? "notice" : severity)).sort(),
          );
          for (const { properties } of commands)
            expect(["file", "line", "col", "title"]).toEqual(expect.arrayContaining(Object.keys(properties)));
        }
      }
    }),
    { numRuns: howMany(300, 5000) },
  );
});

test("an annotation says its file and its words again, as far as they can be seen", () => {
  fc.assert(
    fc.property(problem, (one) => {
      const [command] = commandsIn(report([one], "github"));
      expect(command?.properties.file ?? "").toBe(one.location ? printable(one.location.file) : "");
      const said = one.path === undefined ? one.message : `${one.path}: ${one.message}`;
      expect(command?.data.split("\n")[0]).toBe(printable(said));
    }),
    { numRuns: howMany(300, 5000) },
  );
});

test("JSON says the same, and SARIF and JUnit fit their schemas, whatever stands in them", async () => {
  const reports: string[] = [];
  fc.assert(
    fc.property(problems, (found) => {
      expect(JSON.parse(printableJson(found))).toEqual(found);
      expect(wrongInSarif(report(found, "sarif"))).toEqual([]);
      reports.push(report(found, "junit"));
    }),
    { numRuns: howMany(100, 1000) },
  );
  expect(await wrongInJUnit(...reports)).toEqual([]);
});

test("the schemas refuse what is no report", async () => {
  expect(wrongInSarif('{ "version": "2.1.0", "runs": [{ "tool": {} }] }')).toEqual([
    "/runs/0/tool must have required property 'driver'",
  ]);
  expect(await wrongInJUnit("<testsuites><testcase/></testsuites>")).not.toEqual([]);
});

test("a result keeps its fingerprint when its line moves, and two alike have two", () => {
  const at = (line: number): Problem => ({
    ...{ rule: "slo/idle", severity: "error", message: "idle", path: "slos.a" },
    location: { file: "a.ts", line, column: 1, exact: true },
  });
  const prints = (...found: Problem[]) =>
    JSON.parse(report(found, "sarif")).runs[0].results.map(
      (result: { partialFingerprints: object }) => result.partialFingerprints,
    );
  expect(prints(at(3))).toEqual(prints(at(30)));
  const [first, second] = prints(at(3), at(4));
  expect(first).not.toEqual(second);
  expect(prints({ ...at(3), path: "slos.b" })).not.toEqual(prints(at(3)));
});
