import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson } from "../../model/canonical-json.ts";
import type { AcceptedRun, DecisionSubject } from "./decision.ts";
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
    const text = textOf(join(folder, name));
    yield { id, record: typeof text === "string" ? read(id, text) : text };
  }
}

/** A folder, or a link to nowhere, may be named like a record: that it cannot be read is told, and the others are. */
function textOf(path: string): string | { unusable: string } {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return { unusable: `it cannot be read (${(error as NodeJS.ErrnoException).code})` };
  }
}

/** What is judged, and what with. */
export interface Judged extends DecisionSubject {
  /** ISO 8601, UTC: what was decided later is not known yet. */
  at: string;
  /** Id of a run that stays the measure, whatever was decided of its release later. */
  reference?: string | undefined;
}

/**
 * The runs that relative criteria compare with: of each other release that the gate has judged, the newest decision, where that let it through
 * (pass, warn, or an override that counts). A release is never compared with itself, and asking again counts for nothing. Records without a
 * release could be of any, and those that were changed are none.
 */
export function acceptedRuns(folder: string, judged: Judged): AcceptedRun[] {
  if (!existsSync(folder)) return [];
  const newest = new Map<string, Filed>();
  for (const { id, record } of readRecords(folder)) {
    if ("unusable" in record || record.release === undefined || !isComparable(record, judged)) continue;
    const known = newest.get(record.release);
    if (!known || standsBefore({ id, record }, known, judged)) newest.set(record.release, { id, record });
  }
  return [...newest].flatMap(([release, { id, record }]) =>
    isAccepted(record) ? [{ id, release, at: record.inputs.at, values: valuesOf(record) }] : [],
  );
}

function isComparable(record: DecisionRecord, { gate, environment, release, at }: Judged): boolean {
  const isOfGate = record.gate === gate && record.environment === environment;
  return isOfGate && record.release !== release && Date.parse(record.inputs.at) <= Date.parse(at);
}

/** Whether one decision of a release counts in place of another: the pinned one does, then the newest. */
function standsBefore(one: Filed, other: Filed, { reference }: Judged): boolean {
  if (one.id === reference || other.id === reference) return one.id === reference;
  return Date.parse(one.record.inputs.at) >= Date.parse(other.record.inputs.at);
}

interface Filed {
  id: string;
  record: DecisionRecord;
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
