// A plan in a folder: what Terraform is to apply, and the stacks that it was made from, under one digest.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../model/canonical-json.ts";
import { layers } from "../../model/names.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { digestOf } from "../gate/record.ts";

/** One layer of a plan. */
const layer = z.strictObject({
  /** The stack: PLATFORM-ENV-LAYER. */
  id: z.string().regex(/^[a-z0-9-]+$/),
  layer: z.enum(layers),
  /** Why it has no plan yet: it can only be planned after an earlier layer was applied. */
  waits: z.string().optional(),
  /** The state that it was planned on; a state that is not there yet has none. */
  state: z.strictObject({ lineage: z.string(), serial: z.int() }).optional(),
});

const savedPlan = z.strictObject({
  version: z.literal(1),
  platform: z.string(),
  environment: z.string(),
  stage: z.enum(["local", "dev", "staging", "prod"]),
  /** The kubeconfig context that it is for. */
  context: z.string(),
  /** Address of the API server that the context led to: another cluster may have a context of that name too. */
  server: z.string(),
  /** In the order in which they are applied. */
  layers: z.array(layer),
  /** SHA-256 of each file in the folder, by its path there. */
  files: z.record(z.string(), z.string()),
});

/** What is saved of a plan beside its files; its digest stands for all of it. */
export type SavedPlan = z.output<typeof savedPlan>;
export type SavedLayer = SavedPlan["layers"][number];

/** The file in a plan's folder that holds the SavedPlan. */
const FILE = "plan.json";

/** Folder of a layer's stack, and the plan in it. */
export const stackFolder = (folder: string, { id }: Pick<SavedLayer, "id">) => join(folder, "stacks", id);
export const PLAN_FILE = "plan.tfplan";

/** Writes `plan.json` over the files of a folder; returns the plan and its digest, 64 hexadecimal digits. */
export async function savePlan(
  folder: string,
  plan: Omit<SavedPlan, "version" | "files">,
): Promise<{ plan: SavedPlan; digest: string }> {
  const saved: SavedPlan = { version: 1, ...plan, files: await digestsIn(folder) };
  await writeFile(join(folder, FILE), `${canonicalJson(saved)}\n`, { mode: 0o600 });
  return { plan: saved, digest: hex(saved) };
}

/**
 * The plan of a folder. Throws a ProblemsError where there is none, and where anything in it is not as it was planned: the digest is taken
 * of all files again. `digest`: the begin of the one that is asked for.
 */
export async function readSavedPlan(
  folder: string,
  wanted: { digest?: string | undefined } = {},
): Promise<{ plan: SavedPlan; digest: string }> {
  const text = await readFile(join(folder, FILE), "utf8").catch(() => undefined);
  if (text === undefined) throw new ProblemsError([noPlan(folder)]);
  const parsed = savedPlan.safeParse(jsonOf(text));
  if (!parsed.success) throw new ProblemsError([altered(folder, `${FILE} is not as it was written`)]);
  const plan = parsed.data;
  const digest = hex(plan);
  const asked = wanted.digest?.replace(/^sha256:/, "");
  if (asked !== undefined && !digest.startsWith(asked))
    throw new ProblemsError([altered(folder, `its digest is ${digest}, not ${asked}`)]);
  const found = await digestsIn(folder);
  const paths = [...new Set([...Object.keys(plan.files), ...Object.keys(found)])].sort();
  const others = paths.filter((path) => plan.files[path] !== found[path]);
  if (others.length > 0) {
    const word = (path: string) =>
      found[path] === undefined ? "is gone" : plan.files[path] === undefined ? "was added" : "was changed";
    throw new ProblemsError(others.map((path) => altered(folder, `${path} ${word(path)}`)));
  }
  return { plan, digest };
}

/** The folder of a plan by the begin of its digest. Throws a ProblemsError where there is none, or more than one. */
export async function planFolder(parent: string, digest: string): Promise<string> {
  const begin = digest.replace(/^sha256:/, "");
  const names = await readdir(parent).catch(() => [] as string[]);
  const found = names.filter((name) => /^[0-9a-f]{64}$/.test(name) && name.startsWith(begin));
  const [only] = found;
  if (only === undefined) throw new ProblemsError([noPlan(join(parent, begin))]);
  if (found.length === 1) return join(parent, only);
  const message = `${found.length} plans begin with ${begin}`;
  throw new ProblemsError([
    { rule: "plan/not-found", severity: "error", message, fix: "give more of the digest" },
  ]);
}

const NO_FILE = "no file";

const hex = (plan: SavedPlan) => digestOf(plan).slice("sha256:".length);

/** SHA-256 of each file of a folder but its own. */
async function digestsIn(folder: string): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const digests = entries
    .filter((entry) => !entry.isDirectory())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      // What a link leads to can be another file when Terraform reads it; a pipe has no end.
      const digest = entry.isFile() ? digestOf(await readFile(path)) : NO_FILE;
      return [relative(folder, path).replaceAll("\\", "/"), digest] as const;
    });
  const found = (await Promise.all(digests)).filter(([path]) => path !== FILE);
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function noPlan(folder: string): Problem {
  return {
    rule: "plan/not-found",
    severity: "error",
    message: `there is no saved plan in ${folder}`,
    fix: "make one: fairlead plan --platform PLATFORM --env ENVIRONMENT",
  };
}

function altered(folder: string, how: string): Problem {
  return {
    rule: "plan/altered",
    severity: "error",
    message: `the plan in ${folder} is not the one that was made: ${how}`,
    fix: "plan again; a plan is applied exactly as it was reviewed, or not at all",
  };
}
