import { type Finding, unexpected, withoutEchoes } from "./schema-issue.ts";

/** The value that a union refused, and where it is. */
export interface Union {
  path: (string | number)[];
  value: unknown;
  valueAt(path: readonly (string | number)[]): unknown;
}

/**
 * What to say when a value fits none of several alternatives, given what is wrong with it as each of them: the issues
 * of the one that was most probably meant, or all alternatives in one sentence when it is not even near one.
 */
export function nearestBranch(alternatives: readonly Finding[][], union: Union): Finding[] {
  const branches = alternatives.map(withoutEchoes);
  const depth = union.path.length;
  const costs = branches.map((issues) => issues.reduce((sum, issue) => sum + cost(issue, depth), 0));
  const least = Math.min(...costs);
  const best = branches[costs.indexOf(least)] ?? [];
  const isNoneNear = best.some((issue) => issue.isTag || isAbout(issue, union.path));
  return isNoneNear ? (together(branches, best, union) ?? best) : best;
}

// Being something else altogether counts most, then having the tag of another alternative.
function cost(issue: Finding, depth: number): number {
  if (issue.path.length <= depth && !issue.atKey) return 1000;
  if (issue.isTag) return 100;
  // What is wrong further in speaks for all that fits around it.
  return (issue.rule === "schema/missing" ? 2 : 1) / (issue.path.length - depth);
}

function isAbout(issue: Finding, path: readonly (string | number)[]): boolean {
  return !issue.atKey && issue.path.length === path.length;
}

// The alternatives must differ at one place for one sentence to hold them all.
function together(branches: readonly Finding[][], best: Finding[], union: Union): Finding[] | undefined {
  const main = best.find((issue) => issue.isTag || isAbout(issue, union.path));
  if (!main) return undefined;
  const place = JSON.stringify(main.path);
  const there = branches.flatMap((issues) => issues.filter((issue) => JSON.stringify(issue.path) === place));
  const expected = [...new Set(there.flatMap((issue) => issue.expected ?? []))];
  if (there.some((issue) => !issue.expected) || expected.length < 2) return undefined;
  return [
    { ...unexpected(main.path, union.valueAt(main.path), expected), ...(main.isTag && { isTag: true }) },
  ];
}
