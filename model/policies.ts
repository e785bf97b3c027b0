import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { problemsIn, readYaml, type YamlFile } from "../catalog/load/yaml-file.ts";
import { policy } from "../catalog/policy.ts";
import { isWithin } from "../problems/is-within.ts";
import type { Problem } from "../problems/problem.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { repair } from "../problems/zod-repair.ts";
import type { Locate } from "./problems.ts";
import type { PolicyFile } from "./resolve/gates.ts";

/** The policy files of a project, and what is wrong with them. */
export interface Policies {
  files: PolicyFile[];
  problems: Problem[];
  /** Finds places below `["policies", file, …]`, which no catalog has. */
  locate: Locate;
}

/** Reads `policies/PLATFORM/*.yaml` of every platform. */
export async function readPolicies(root: string, platforms: readonly string[]): Promise<Policies> {
  const read = await Promise.all(platforms.map((platform) => readFolder(root, platform)));
  const all = read.flat();
  return {
    files: all.map((one) => one.file),
    problems: all.flatMap((one) => one.problems),
    locate: ({ path, key }) => {
      const [kind, file, ...rest] = path;
      if (kind !== "policies") return undefined;
      const document = all.find((one) => one.path === file)?.document;
      return key ? document?.locateKey(rest) : document?.locate(rest);
    },
  };
}

async function readFolder(root: string, platform: string) {
  const folder = `policies/${platform}`;
  const names = (await readdir(join(root, folder)).catch(() => [])).filter(isPolicyFile).sort();
  return Promise.all(names.map((name) => readPolicy(root, { platform, path: `${folder}/${name}` })));
}

/** Whether a file of `policies/PLATFORM/` is a policy, and not the cases that stand beside one (`POLICY.cases.yaml`). */
export function isPolicyFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !/\.cases\.ya?ml$/.test(name);
}

async function readPolicy(root: string, { platform, path }: { platform: string; path: string }) {
  const document = await readYaml(root, path);
  const problems = [...document.problems];
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
  const place = (inside: readonly (string | number)[]) => ({ platform, path: ["policies", path, ...inside] });
  const file: PolicyFile = { platform, name, file: path, place };
  if (document.value === undefined) return { path, document, problems, file };
  problems.push(...wrongIn(document));
  const read = repair(policy, document.value);
  if (!read) return { path, document, problems, file };
  if (read.value.name !== name && !read.setAside.some((aside) => isWithin(["name"], aside))) {
    const location = document.locate(["name"]);
    const message = `policy "${read.value.name}" is in a file named "${name}"`;
    problems.push({
      rule: "policy/file-name",
      severity: "error",
      message,
      fix: "give both one name",
      ...(location && { location }),
    });
  }
  return { path, document, problems, file: { ...file, policy: read.value, setAside: read.setAside } };
}

function wrongIn(document: YamlFile): Problem[] {
  const issues = policy.safeParse(document.value, { jitless: true }).error?.issues ?? [];
  return problemsIn(document, explainIssues(issues, document.value, policy));
}
