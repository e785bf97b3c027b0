import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { admission } from "../catalog/admission.ts";
import { problemsIn, readYaml, type YamlFile } from "../catalog/load/yaml-file.ts";
import { policy } from "../catalog/policy.ts";
import { isWithin } from "../problems/is-within.ts";
import type { Problem } from "../problems/problem.ts";
import { explainIssues } from "../problems/zod-issues.ts";
import { type Repaired, repair } from "../problems/zod-repair.ts";
import type { Locate } from "./problems.ts";
import type { AdmissionFile } from "./resolve/admission.ts";
import type { PolicyFile } from "./resolve/gates.ts";

/** The policy files of a project, and what is wrong with them. */
export interface Policies {
  files: PolicyFile[];
  admission: AdmissionFile[];
  problems: Problem[];
  /** Finds places below `["policies", file, …]`, which no catalog has. */
  locate: Locate;
}

/** Reads `policies/PLATFORM/*.yaml` of every platform. */
export async function readPolicies(root: string, platforms: readonly string[]): Promise<Policies> {
  const gates = (await Promise.all(platforms.map((platform) => readFolder(root, platform)))).flat();
  const admissions = (await Promise.all(platforms.map((platform) => readAdmission(root, platform)))).flat();
  const all = [...gates, ...admissions];
  return {
    files: gates.map((one) => one.file),
    admission: admissions.map((one) => one.file),
    problems: all.flatMap((one) => one.problems),
    locate: ({ path, key }) => {
      const [kind, file, ...rest] = path;
      if (kind !== "policies") return undefined;
      const document = all.find((one) => one.path === file)?.document;
      return key ? document?.locateKey(rest) : document?.locate(rest);
    },
  };
}

const ADMISSION = "admission.yaml";

/** Path of a platform's admission policy from the project root; none where it has none. */
export async function admissionFile(root: string, platform: string): Promise<string | undefined> {
  const folder = `policies/${platform}`;
  return (await namesIn(root, folder)).includes(ADMISSION) ? `${folder}/${ADMISSION}` : undefined;
}

/** Whether a file of `policies/PLATFORM/` is a gate's policy: not the cases that stand beside one (`POLICY.cases.yaml`), and not what the cluster asks. */
export function isPolicyFile(name: string): boolean {
  return /\.ya?ml$/.test(name) && !/\.cases\.ya?ml$/.test(name) && name !== ADMISSION;
}

async function namesIn(root: string, folder: string): Promise<string[]> {
  return readdir(join(root, folder)).catch(() => []);
}

async function readFolder(root: string, platform: string) {
  const folder = `policies/${platform}`;
  const names = (await namesIn(root, folder)).filter(isPolicyFile).sort();
  return Promise.all(names.map((name) => readPolicy(root, { platform, path: `${folder}/${name}` })));
}

async function readAdmission(root: string, platform: string) {
  const path = await admissionFile(root, platform);
  if (path === undefined) return [];
  const { document, problems, read } = await readAs(admission, root, path);
  const file: AdmissionFile = {
    ...{ platform, file: path, place: placeIn(platform, path) },
    ...(read && { spec: read.value, setAside: read.setAside }),
  };
  return [{ path, document, problems, file }];
}

async function readPolicy(root: string, { platform, path }: { platform: string; path: string }) {
  const { document, problems, read } = await readAs(policy, root, path);
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.ya?ml$/, "");
  const file: PolicyFile = { platform, name, file: path, place: placeIn(platform, path) };
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

function placeIn(platform: string, path: string): PolicyFile["place"] {
  return (inside) => ({ platform, path: ["policies", path, ...inside] });
}

/** What a file says, as far as its schema takes it, and all that is wrong with it. */
async function readAs<S extends z.ZodType>(schema: S, root: string, path: string) {
  const document: YamlFile = await readYaml(root, path);
  const problems = [...document.problems];
  let read: Repaired<z.output<S>> | undefined;
  if (document.value !== undefined) {
    const issues = schema.safeParse(document.value, { jitless: true }).error?.issues ?? [];
    problems.push(...problemsIn(document, explainIssues(issues, document.value, schema)));
    read = repair(schema, document.value);
  }
  return { document, problems, read };
}
