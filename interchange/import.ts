import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { sortProblems } from "../problems/sort.ts";
import { alikeRules, type RuleText, type WriteRules } from "./alike.ts";
import { type Carried, carryOver } from "./carry.ts";
import { Findings, type Foreign } from "./foreign.ts";
import { readOpenSlo } from "./openslo.ts";
import { readSloth } from "./sloth.ts";
import { sourceFiles } from "./source-files.ts";

export type Format = "sloth" | "openslo";

const readers: Record<Format, (files: readonly string[], findings: Findings) => Promise<Foreign>> = {
  sloth: readSloth,
  openslo: readOpenSlo,
};

/**
 * The platform that the files describe, and warnings of what was left out. Throws a ProblemsError, each in its place, when
 * something of them cannot be carried over.
 */
export async function importPlatform(
  files: readonly string[],
  { format, platform }: { format: Format; platform: string },
): Promise<Carried & { warnings: Problem[] }> {
  const findings = new Findings();
  const foreign = await readers[format](files, findings);
  const carried = carryOver(foreign, { platform, findings });
  return { ...carried, warnings: warningsOf(findings) };
}

/**
 * Only the rules of the platform that the files describe, as `write` writes them, in no certain order, and the same warnings and errors as
 * `importPlatform` has.
 */
export async function importRules(
  files: readonly string[],
  { format, platform, write }: { format: Format; platform: string; write: WriteRules },
): Promise<{ rules: Iterable<RuleText>; warnings: Problem[] }> {
  const findings = new Findings();
  const foreign = await readers[format](files, findings);
  const alike = findings.hasErrors() ? undefined : alikeRules(foreign, { platform, findings, write });
  if (alike) return { rules: alike, warnings: sortProblems(findings.problems) };
  const { model } = carryOver(foreign, { platform, findings });
  const warnings = warningsOf(findings);
  return {
    rules: model.platforms.flatMap((one) =>
      one.environments.flatMap((environment) => [...write(one, environment)]),
    ),
    warnings,
  };
}

function warningsOf({ problems }: Findings): Problem[] {
  const sorted = sortProblems(problems);
  if (sorted.some(({ severity }) => severity === "error")) throw new ProblemsError(sorted);
  return sorted;
}

/** Writes the platform's folder, which must be empty or not exist; returns the names of the files. Nothing is written otherwise. */
export async function writePlatform({ data }: Pick<Carried, "data">, folder: string): Promise<string[]> {
  const present = await readdir(folder).catch(() => []);
  if (present.length > 0) {
    throw new ProblemsError([
      {
        rule: "interchange/folder",
        severity: "error",
        message: `"${folder}" holds files already`,
        fix: "name an empty folder by --out, or another platform by --platform",
      },
    ]);
  }
  await mkdir(folder, { recursive: true });
  const files = sourceFiles(data);
  await Promise.all(files.map(({ name, content }) => writeFile(join(folder, name), content)));
  return files.map(({ name }) => name);
}
