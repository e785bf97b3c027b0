import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
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
  if (problems.some((p) => p.severity === "error")) return { path, document, problems, file };
  const parsed = policy.safeParse(document.value);
  if (!parsed.success) {
    // ajv explains in the words of YAML; what JSON Schema cannot say (the range of a percentage) only zod knows.
    const explained = validateAgainst(policyJsonSchema(), document);
    problems.push(
      ...(explained.length > 0 ? explained : parsed.error.issues.map((issue) => wrongValue(document, issue))),
    );
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

function wrongValue(
  document: Awaited<ReturnType<typeof readYaml>>,
  { path, message }: z.core.$ZodIssue,
): Problem {
  const location = document.locate(path.filter((key) => typeof key !== "symbol"));
  return { rule: "schema/wrong-value", severity: "error", message, ...(location && { location }) };
}
