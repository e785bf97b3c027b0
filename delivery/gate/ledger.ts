import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { AcceptedRun } from "./decision.ts";
import { evaluate } from "./evaluate.ts";
import { recordReader } from "./read-record.ts";
import { type DecisionRecord, digestOf } from "./record.ts";

/** A record, or why there is none, under the name of its file. */
export interface FiledRecord {
  id: string;
  record: DecisionRecord | { unusable: string };
}

/** Files a record in a folder under its own digest, and gives the path. One that is there already stays as it is. */
export async function fileRecord(folder: string, record: DecisionRecord): Promise<string> {
  const text = canonicalJson(record);
  const path = join(folder, `${digestOf(text).slice("sha256:".length)}.json`);
  await mkdir(folder, { recursive: true });
  await writeFile(path, text, { flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  return path;
}

/**
 * The records of a folder, `ID.json` each, in the order of their names, one read after the other as they are asked for: nobody needs to hold ten
 * thousand. Any other file of JSON there is one that cannot be used. Throws at once what the file system throws where there is no such folder.
 */
export function readRecords(folder: string): Iterable<FiledRecord> {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return recordsOf(folder, names.sort());
}

function* recordsOf(folder: string, names: readonly string[]): Generator<FiledRecord> {
  const read = recordReader();
  for (const name of names) {
    const id = name.slice(0, -".json".length);
    // One after another: of ten thousand small files, waiting for each costs less than asking for all at once.
    yield { id, record: read(id, readFileSync(join(folder, name), "utf8")) };
  }
}

/** The runs that a gate let through before: verdict pass or warn, or an override that counts. Records that were changed are none. */
export function acceptedRuns(
  folder: string,
  { gate, environment }: Pick<DecisionRecord, "gate" | "environment">,
): AcceptedRun[] {
  if (!existsSync(folder)) return [];
  const accepted: AcceptedRun[] = [];
  for (const { id, record } of readRecords(folder)) {
    if ("unusable" in record || record.gate !== gate || record.environment !== environment) continue;
    if (isAccepted(record)) accepted.push({ id, at: record.inputs.at, values: valuesOf(record) });
  }
  return accepted;
}

function isAccepted({ policy, inputs }: DecisionRecord): boolean {
  const { verdict, override } = evaluate(policy, inputs);
  return verdict === "pass" || verdict === "warn" || override?.counts === true;
}

function valuesOf({ inputs }: DecisionRecord): AcceptedRun["values"] {
  return Object.fromEntries(
    Object.entries(inputs.readings).flatMap(([name, reading]) =>
      "value" in reading && Number.isFinite(reading.value) ? [[name, reading.value]] : [],
    ),
  );
}
