import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { problemsIn, readYaml, type YamlFile } from "../../catalog/load/yaml-file.ts";
import { type PolicyCases, policyCases } from "../../catalog/policy-cases.ts";
import type { Problem } from "../../problems/problem.ts";
import { explainIssues } from "../../problems/zod-issues.ts";

/** A file of cases; without `cases` it cannot be read, and `problems` says why. */
export interface CaseFile {
  /** Path from the project root. */
  file: string;
  /** The policy that it stands beside; path from the project root. */
  policy: string;
  cases?: PolicyCases;
  problems: Problem[];
  locate: YamlFile["locate"];
}

/** Reads `policies/PLATFORM/*.cases.yaml` of every platform. */
export async function readCaseFiles(root: string, platforms: readonly string[]): Promise<CaseFile[]> {
  const found = await Promise.all(
    platforms.map(async (platform) => {
      const names = await readdir(join(root, "policies", platform)).catch(() => []);
      return names
        .filter((name) => name.endsWith(".cases.yaml"))
        .map((name) => `policies/${platform}/${name}`);
    }),
  );
  return Promise.all(
    found
      .flat()
      .sort()
      .map((file) => readCaseFile(root, file)),
  );
}

async function readCaseFile(root: string, file: string): Promise<CaseFile> {
  const document = await readYaml(root, file);
  const about = { file, policy: file.replace(/\.cases\.yaml$/, ".yaml"), locate: document.locate };
  if (document.value === undefined) return { ...about, problems: document.problems };
  const parsed = policyCases.safeParse(document.value, { jitless: true });
  if (parsed.success) return { ...about, cases: parsed.data, problems: document.problems };
  const issues = explainIssues(parsed.error.issues, document.value, policyCases);
  return { ...about, problems: [...document.problems, ...problemsIn(document, issues)] };
}
