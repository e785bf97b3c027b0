import type { Problem, Severity } from "./problem.ts";

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The problems by file, line and column, those without a place first; equal in every locale. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compare(a.location?.file ?? "", b.location?.file ?? "") ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
      ORDER[a.severity] - ORDER[b.severity] ||
      compare(a.path ?? "", b.path ?? "") ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

/** How many there are of each severity, in words: `3 errors, 1 warning`. */
export function countProblems(problems: readonly Problem[]): string {
  const words: Readonly<Record<Severity, [one: string, many: string]>> = {
    error: ["error", "errors"],
    warning: ["warning", "warnings"],
    info: ["note", "notes"],
  };
  const counts = (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = problems.filter((p) => p.severity === severity).length;
    return count === 0 ? [] : `${count} ${words[severity][count === 1 ? 0 : 1]}`;
  });
  return counts.join(", ") || "no problems";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
