import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AcceptedRun } from "./decision.ts";
import { evaluate } from "./evaluate.ts";
import { readRecord } from "./read-record.ts";
import { canonicalJson, type DecisionRecord, digestOf } from "./record.ts";

const RECORD = /^([0-9a-f]{64})\.json$/;

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

/** The runs that a gate let through before: verdict pass or warn, or an override that counts. Records that were changed are none. */
export async function acceptedRuns(
  folder: string,
  { gate, environment }: Pick<DecisionRecord, "gate" | "environment">,
): Promise<AcceptedRun[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => RECORD.test(name)).sort();
  const runs: AcceptedRun[] = [];
  for (const name of names) {
    const id = name.replace(/\.json$/, "");
    const record = readRecord(id, await readFile(join(folder, name), "utf8"));
    if ("unusable" in record || record.gate !== gate || record.environment !== environment) continue;
    if (isAccepted(record)) runs.push({ id, at: record.inputs.at, values: valuesOf(record) });
  }
  return runs;
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
