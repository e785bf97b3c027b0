import { expect, test } from "vitest";
import { formatProblems, sortProblems } from "./format.ts";
import { printable } from "./printable.ts";
import type { Problem } from "./problem.ts";

const location = { file: "catalog/platforms/shop/services.ts", line: 12, column: 9, exact: true };
const unknownSlo: Problem = {
  rule: "reference/unknown-slo",
  severity: "error",
  message: 'no SLO "availabilty" in checkout; it has "availability", "latency"',
  path: "gate.requires[0]",
  fix: 'did you mean "availability"?',
  location,
};

test("a problem looks as the design shows it, and says line and column", () => {
  expect(formatProblems([unknownSlo], { color: false })).toBe(
    [
      '✖ no SLO "availabilty" in checkout; it has "availability", "latency"',
      "  → catalog/platforms/shop/services.ts:12:9, gate.requires[0]        reference/unknown-slo",
      '  did you mean "availability"?                docs/rules/reference/unknown-slo.md',
      "",
      "1 error",
    ].join("\n"),
  );
});

test("what is not exact, not an error, without a place or a fix says or leaves out so", () => {
  const problems: Problem[] = [
    { ...unknownSlo, location: { ...location, exact: false } },
    { rule: "slo/low-traffic", severity: "warning", message: "few events", path: "slos.a" },
    { rule: "load/no-platforms", severity: "info", message: "nothing here", fix: "run fairlead init" },
    {
      rule: "yaml/tab",
      severity: "error",
      message: "a tab",
      location: { ...location, file: "policies/shop/gate.yaml" },
    },
  ];
  expect(formatProblems(problems, { color: false })).toMatchInlineSnapshot(`
    "⚠ few events
      → slos.a                                    slo/low-traffic
                                                  docs/rules/slo/low-traffic.md

    ℹ nothing here
      run fairlead init                           load/no-platforms
                                                  docs/rules/load/no-platforms.md

    ✖ no SLO "availabilty" in checkout; it has "availability", "latency"
      → catalog/platforms/shop/services.ts:12:9 (nearest place found), gate.requires[0]        reference/unknown-slo
      did you mean "availability"?                docs/rules/reference/unknown-slo.md

    ✖ a tab
      → policies/shop/gate.yaml:12:9              yaml/tab
                                                  docs/rules/yaml/tab.md

    2 errors, 1 warning, 1 note"
  `);
});

test("colours are there only when asked for", () => {
  expect(formatProblems([unknownSlo], { color: true })).toContain("\u001b[31m✖");
  expect(formatProblems([unknownSlo], { color: false })).not.toContain("\u001b");
});

test("nothing that a catalog says can reach the terminal as a command, move text or hide it", () => {
  const hostile =
    "\u001b]8;;evil\u0007\u202Etxt\r\n\u009b2J\u200b\u2066\u00a0\u{E0041}\ud800\u3164\u2028\ufff9";
  const problem = {
    rule: hostile,
    message: hostile,
    path: hostile,
    fix: hostile,
    severity: "error",
  } as const;
  const text = formatProblems([{ ...problem, location: { ...location, file: hostile } }], { color: false });
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\u00a0\u3164]/u);
  expect(text.split("\n").length).toBe(5);
  expect(printable(hostile)).toMatchInlineSnapshot(
    `"\\u{1b}]8;;evil\\u{7}\\u{202e}txt\\r\\n\\u{9b}2J\\u{200b}\\u{2066}\\u{a0}\\u{e0041}\\u{d800}\\u{3164}\\u{2028}\\u{fff9}"`,
  );
});

test("ordinary text of any language stays as it is", () => {
  const text = 'objectif « 99,9 % » 数 🙂 é — "quoted" \\n {{ }} ${x} `tick`';
  expect(printable(text)).toBe(text);
});

test("problems are sorted by file, line and column, those without a place first, whatever the locale", () => {
  const at = (file: string, line: number, column: number): Problem => ({
    ...unknownSlo,
    location: { file, line, column, exact: true },
  });
  const { location: _, ...nowhere } = unknownSlo;
  const sorted = sortProblems([
    at("b.ts", 1, 1),
    at("a.ts", 10, 2),
    at("a.ts", 9, 30),
    at("B.ts", 5, 5),
    at("a.ts", 10, 1),
    nowhere,
  ]);
  expect(sorted.map(({ location: l }) => l && `${l.file}:${l.line}:${l.column}`)).toEqual([
    undefined,
    "B.ts:5:5",
    "a.ts:9:30",
    "a.ts:10:1",
    "a.ts:10:2",
    "b.ts:1:1",
  ]);
});
