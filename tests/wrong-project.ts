// A new project with mistakes, and what is said of them.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { loadProject } from "../model/project.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";

/** The new project's catalog. */
export const CATALOG = "catalog/platforms/hello/index.ts";
/** The policy of its gate. */
export const POLICY = "policies/hello/release.yaml";

/** What is wrong with the project, one line each: rule, place, message and fix. */
export async function wrong(folder: string): Promise<string[]> {
  const problems = await loadProject(folder).then(
    () => [],
    (error: unknown) => {
      if (error instanceof ProblemsError) return error.problems;
      throw error;
    },
  );
  return problems.map(line);
}

function line({ rule, location, message, fix }: Problem): string {
  const at = location ? `${location.file}:${location.line}:${location.column}` : "nowhere";
  return `${rule} ${at} ${message} → ${fix}`;
}

/** What stands in the catalog from a line and a column on, up to the line's end. */
export async function textAt(folder: string, line: number, column: number): Promise<string> {
  const lines = (await readFile(join(folder, CATALOG), "utf8")).split("\n");
  return lines[line - 1]?.slice(column - 1) ?? "";
}

/** YAML of few bytes whose aliases, written out, are more values than memory holds. */
export function aliasBomb(): string {
  const names = ["a", "b", "c", "d", "e", "f"];
  return names
    .slice(1)
    .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${names[i]}`).join(",")}]`)
    .join("\n");
}
