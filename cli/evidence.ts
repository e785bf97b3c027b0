import { readFile, stat } from "node:fs/promises";
import { changesSince } from "../delivery/evidence/changed-files.ts";
import { formats } from "../delivery/evidence/formats/index.ts";
import { type FormatName, formatNames } from "../delivery/evidence/formats/names.ts";
import { UnreadableError } from "../delivery/evidence/measured.ts";
import { store } from "../delivery/evidence/store.ts";
import { findRun, readRun } from "../delivery/runs/run-record.ts";
import { canonicalJson } from "../model/canonical-json.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { printData } from "./terminal.ts";

interface AddOptions {
  evidence: string;
  release?: string;
}

/** `fairlead evidence add FORMAT FILE`. The file is read when a gate is asked: a damaged one must be seen there too. */
export async function addEvidence(
  name: string,
  options: AddOptions & { file: string; origin: string; at?: Date },
): Promise<number> {
  const problems = unknownChoices("evidence", [name], formatNames);
  if (problems.length > 0) throw new UsageError(problems);
  const format = name as FormatName;
  const { file, origin, release, at } = options;
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
  if (bytes instanceof Error)
    return unusable(`${file}: ${bytes.code ?? bytes.message}`, "name a file that is there");
  const written = at ?? (await stat(file)).mtime;
  const about = { format, at: written.toISOString(), origin, ...(release !== undefined && { release }) };
  return stored(options.evidence, bytes, about);
}

/** `fairlead evidence run ID`: origin and time are those of the record, and its digest is the id. */
export async function addRun(beginning: string, options: AddOptions & { runs: string }): Promise<number> {
  const id = await findRun(options.runs, beginning);
  const record = typeof id === "string" ? await readRun(options.runs, id) : id;
  if ("unusable" in record)
    return unusable(
      `run ${beginning} in ${options.runs}: ${record.unusable}`,
      "`fairlead load` names the record of a run when it ends",
    );
  const origin = record.tools.map(({ name, version }) => `${name} ${version}`).join(", ");
  const about = { format: "run", at: record.window.to, origin, release: options.release } as const;
  return stored(options.evidence, Buffer.from(canonicalJson(record)), about);
}

/** `fairlead evidence changes BASE`. */
export async function addChanges(base: string, options: AddOptions): Promise<number> {
  const found = await changesSince(process.cwd(), base);
  if (typeof found === "string") return unusable(found, "name a revision that HEAD comes from");
  const bytes = Buffer.from(`${JSON.stringify(found, null, 2)}\n`);
  const about = { format: "changes", at: found.at, origin: "git", release: options.release } as const;
  return stored(options.evidence, bytes, about);
}

async function stored(
  folder: string,
  bytes: Uint8Array,
  about: Parameters<typeof store>[2],
): Promise<number> {
  try {
    const label = await store(folder, bytes, about);
    printData(`${formats[about.format].kind}: ${folder}/${label}`);
    return exitCodes.done;
  } catch (error) {
    if (error instanceof UnreadableError) return unusable(error.message, "have the tool write it again");
    throw error;
  }
}

async function unusable(message: string, fix: string): Promise<number> {
  await printProblems([{ rule: "gate/unusable-file", severity: "error", message, fix }]);
  return exitCodes.problems;
}
