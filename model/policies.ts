import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readYaml, validateAgainst } from "../catalog/load/yaml-file.ts";
import { policy, policyJsonSchema } from "../catalog/policy.ts";
import type { Problem } from "../problems/problem.ts";
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
  const names = (await readdir(join(root, folder)).catch(() => []))
    .filter((name) => /\.ya?ml$/.test(name))
    .sort();
  return Promise.all(names.map((name) => readPolicy(root, { platform, path: `${folder}/${name}` })));
}

async function readPolicy(root: string, { platform, path }: { platform: string; path: string }) {
  const document = await readYaml(root, path);
  const problems = [...document.problems];
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
  const place = (inside: (string | number)[]) => ({ platform, path: ["policies", path, ...inside] });
  const file: PolicyFile = { platform, name, file: path, place };
  if (problems.length === 0) problems.push(...validateAgainst(policyJsonSchema(), document));
  if (problems.some((p) => p.severity === "error")) return { path, document, problems, file };
  const parsed = policy.safeParse(document.value);
  if (!parsed.success) {
    // What JSON Schema cannot say (a date, a range of a percentage) zod does.
    for (const issue of parsed.error.issues) {
      const location = document.locate(issue.path as (string | number)[]);
      problems.push({
        rule: "schema/wrong-value",
        severity: "error",
        message: issue.message,
        ...(location && { location }),
      });
    }
    return { path, document, problems, file };
  }
  if (parsed.data.name !== name) {
    const location = document.locate(["name"]);
    const message = `policy "${parsed.data.name}" is in a file named "${name}"`;
    problems.push({
      rule: "policy/file-name",
      severity: "error",
      message,
      fix: "give both one name",
      ...(location && { location }),
    });
  }
  return { path, document, problems, file: { ...file, policy: parsed.data } };
}
