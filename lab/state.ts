import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { ProblemsError } from "../problems/problem.ts";
import { type LabFolder, stateFileName } from "./folder.ts";

const partState = z.object({
  /** Of the last start; what runs is known by its pid and its start time together. */
  process: z.object({ pid: z.int().min(1), startedAt: z.string().min(1) }).optional(),
  /** Where it answers, by what is asked for there; kept over restarts. */
  addresses: z.record(z.string(), z.string()).default({}),
});

/** What is written down of a lab: enough to find, judge and end each of its processes after whatever crash. */
export const labState = z.object({
  version: z.literal(1),
  name: z.string(),
  platform: z.string(),
  /** Root of the project that describes the platform. */
  project: z.string(),
  replicas: z.int().min(1),
  createdAt: z.iso.datetime(),
  parts: z.record(z.string(), partState),
});

export type LabState = z.output<typeof labState>;

/** The state of a lab; nothing if there is none. Throws a ProblemsError where its file cannot be read. */
export function readState(folder: LabFolder): LabState | undefined {
  let text: string;
  try {
    text = readFileSync(stateFile(folder), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return labState.parse(JSON.parse(text));
  } catch {
    throw new ProblemsError([
      {
        rule: "lab/state",
        severity: "error",
        message: `${stateFile(folder)} is not the state of a lab`,
        fix: "see which processes its logs folder tells of, end them, and remove the folder",
      },
    ]);
  }
}

/** Replaces the state in one step: whoever reads sees the old one or the new one. */
export function writeState(folder: LabFolder, state: LabState): void {
  const file = stateFile(folder);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function stateFile({ path }: LabFolder): string {
  return join(path, stateFileName);
}
