import { posix } from "node:path";
import { known, type Measured, share, UnreadableError } from "../measured.ts";

const totals = {
  lines: ["LH", "LF"],
  branches: ["BRH", "BRF"],
  functions: ["FNH", "FNF"],
} as const;

/** Coverage as lcov's tracefile (geninfo(1)): the sums of all its files, each of which stands in it once. */
export function readLcov(text: string): Measured {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new UnreadableError("the file is empty");
  if (lines.at(-1) !== "end_of_record") throw new UnreadableError("the file does not end with end_of_record");
  const sums = new Map<string, number>();
  for (const record of recordsOf(lines))
    for (const [name, count] of countsOf(record)) sums.set(name, (sums.get(name) ?? 0) + count);
  const values = Object.entries(totals).map(([measure, [hit, found]]) => [
    measure,
    share(sums.get(hit) ?? 0, sums.get(found) ?? 0),
  ]);
  return { values: known(Object.fromEntries(values)) };
}

/** The lines of each file, from SF to end_of_record. Throws an UnreadableError where they are cut or a file comes again. */
function recordsOf(lines: readonly string[]): string[][] {
  const records: string[][] = [];
  const files = new Set<string>();
  let record: string[] | undefined;
  for (const line of lines) {
    if (line.startsWith("SF:")) {
      const file = posix.normalize(line.slice(3));
      if (record) throw new UnreadableError("a file begins where another has not ended");
      if (files.has(file)) throw new UnreadableError(`"${file.slice(-40)}" stands in it twice`);
      files.add(file);
      record = [];
      records.push(record);
    } else if (line === "end_of_record") record = undefined;
    else if (record) record.push(line);
    else if (!/^(TN:|#)/.test(line)) throw new UnreadableError(`"${line.slice(0, 40)}" is of no file`);
  }
  return records;
}

function countsOf(record: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of record) {
    const [, name, number] = /^(LH|LF|BRH|BRF|FNH|FNF):(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (!/^\d{1,9}$/.test(number ?? "")) throw new UnreadableError(`"${line.slice(0, 40)}" is no count`);
    if (counts.has(name)) throw new UnreadableError(`a file says ${name} twice`);
    counts.set(name, Number(number));
  }
  checkLines(record, counts);
  return counts;
}

/** The lines that are listed are those that were counted: a file cut in the middle and mended at its end has fewer. */
function checkLines(record: readonly string[], counts: ReadonlyMap<string, number>): void {
  const listed = record.filter((line) => line.startsWith("DA:"));
  if (listed.length === 0) return;
  const hit = listed.filter((line) => /^DA:\d+,0*[1-9]/.test(line)).length;
  const [found, covered] = [counts.get("LF") ?? 0, counts.get("LH") ?? 0];
  if (listed.length !== found)
    throw new UnreadableError(`the file lists ${listed.length} lines and counts ${found}`);
  if (hit !== covered) throw new UnreadableError(`the file lists ${hit} covered lines and counts ${covered}`);
}
