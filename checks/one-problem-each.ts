import type { Problem } from "../problems/problem.ts";

/**
 * Problems that differ only in the generated file become one: a mistake in the catalog shows in every environment, and a
 * person mends it once.
 */
export function oneProblemEach(problems: readonly Problem[]): Problem[] {
  const alike = new Map<string, Problem[]>();
  for (const problem of problems) {
    const { path: _path, ...rest } = problem;
    const key = JSON.stringify(problem.rule.startsWith("check/") && problem.location ? rest : problem);
    alike.set(key, [...(alike.get(key) ?? []), problem]);
  }
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const others = new Set(group.map((p) => p.path)).size - 1;
    return [others > 0 ? { ...first, path: `${first.path} and ${others} more` } : first];
  });
}
