import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRecord } from "../gate/read-record.ts";
import type { FiledRecord } from "./replay.ts";

/**
 * The records of a folder, `ID.json` each, in the order of their names. Any other file of JSON there is one that cannot be replayed.
 * Throws what the file system throws where there is no such folder.
 */
export function readRecords(folder: string): FiledRecord[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.sort().map((name) => {
    const id = name.slice(0, -".json".length);
    // One after another: of ten thousand small files, waiting for each costs less than asking for all at once.
    return { id, record: readRecord(id, readFileSync(join(folder, name), "utf8")) };
  });
}
