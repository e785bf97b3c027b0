import type { Problem } from "../problems/problem.ts";

/** Problems without places, one a line: what a test of a rule compares. */
export function formatPlainly(problems: readonly Problem[]): string {
  return problems.map((p) => `${p.rule} at ${p.path}: ${p.message} → ${p.fix ?? "-"}`).join("\n");
}
