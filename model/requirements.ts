import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { problemsIn, readYaml, type YamlFile } from "../catalog/load/yaml-file.ts";
import { requirementList } from "../catalog/requirement-list.ts";
import { nearMatch } from "../problems/near-match.ts";
import type { Problem } from "../problems/problem.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import type { Requirement } from "./model.ts";
import type { ProblemCollector } from "./problems.ts";

const FILE = "catalog/requirements.yaml";

/** A project's list of requirements, and what is wrong with it; empty where there is none. */
export interface RequirementList {
  requirements: Requirement[];
  problems: Problem[];
}

/** Reads `catalog/requirements.yaml`, if the project has one. */
export async function readRequirements(root: string): Promise<RequirementList> {
  const document = await readYaml(root, FILE);
  if (document.problems.some((p) => p.rule === "yaml/not-found")) return { requirements: [], problems: [] };
  const problems = [...document.problems];
  if (problems.some((p) => p.severity === "error")) return { requirements: [], problems };
  const parsed = requirementList.safeParse(document.value, { jitless: true });
  if (!parsed.success) {
    const issues = explainIssues(parsed.error.issues, document.value, requirementList);
    return { requirements: [], problems: [...problems, ...problemsIn(document, issues)] };
  }
  const requirements = Object.entries(parsed.data).map(
    ([id, { need, documents, open }]): Requirement => ({
      id,
      need,
      documents,
      location: document.locateKey([id]),
      ...(open !== undefined && { open }),
    }),
  );
  for (const requirement of requirements)
    problems.push(...(await documentProblems(root, document, requirement)));
  return { requirements, problems };
}

async function documentProblems(root: string, list: YamlFile, { id, documents }: Requirement) {
  const checked = documents.map(async (path, i): Promise<Problem[]> => {
    const text = await readFile(join(root, path), "utf8").catch(() => undefined);
    if (text !== undefined && new RegExp(`\\b${id}\\b`).test(text)) return [];
    const message = text === undefined ? `there is no file ${path}` : `${path} does not name ${id}`;
    const fix = text === undefined ? "correct the path" : "name it where the page meets it";
    const location = list.locate([id, "documents", i]);
    return [{ rule: "requirement/document", severity: "error", message, location, fix }];
  });
  return (await Promise.all(checked)).flat();
}

/** Platforms as they are written, and what the project says that they must do. */
interface Listed {
  platforms: readonly { name: string; value: object }[];
  requirements: readonly Requirement[];
  /** Whether there are other platforms, which may meet what these do not. */
  isPart?: boolean;
}

/** An id of an entry's `meets`, and where it stands. */
interface Named {
  id: string;
  platform: string;
  path: (string | number)[];
}

/**
 * Follows every id of a `meets` to the list, and every listed id to something that meets it. Ids of groups that the list does not
 * have at all are another list's: a reusable pack brings its own.
 */
export function checkRequirements(
  { platforms, requirements: list, isPart = false }: Listed,
  problems: ProblemCollector,
): void {
  if (list.length === 0) return;
  const ids = list.map(({ id }) => id);
  const groups = new Set(ids.map(groupOf));
  const named = platforms.flatMap(({ name, value }) => namedIn(name, value, []));
  for (const { id, platform, path } of named) {
    if (ids.includes(id) || !groups.has(groupOf(id))) continue;
    const near = nearMatch(id, ids);
    problems.add("reference/unknown-requirement", { platform, path }, `no requirement "${id}" in ${FILE}`, {
      fix: near === undefined ? `add it to ${FILE}` : `did you mean "${near}"?`,
    });
  }
  if (isPart) return;
  const met = new Set(named.map(({ id }) => id));
  for (const { id, open, documents, location } of list) {
    if (met.has(id) || documents.length > 0 || open !== undefined) continue;
    const message = `${id} is met by no entry of the catalog and by no document`;
    const fix = "name it in the `meets` of what meets it, or say under `open` what is missing";
    problems.problems.push({ rule: "requirement/not-met", severity: "error", message, fix, location });
  }
}

// Found wherever it stands, in entries that their schema refuses too: one mistake must not hide another.
function namedIn(platform: string, value: unknown, path: (string | number)[]): Named[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    if (key !== "meets" || !Array.isArray(inner)) return namedIn(platform, inner, here);
    return inner.map((id: unknown, i) => ({ id: String(id), platform, path: [...here, i] }));
  });
}

function groupOf(id: string): string {
  return id.slice(0, id.lastIndexOf("-"));
}
