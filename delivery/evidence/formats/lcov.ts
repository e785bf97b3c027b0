import { known, type Measured, share, UnreadableError } from "../measured.ts";

const totals = {
  lines: ["LH", "LF"],
  branches: ["BRH", "BRF"],
  functions: ["FNH", "FNF"],
} as const;

/** Coverage as lcov's tracefile (geninfo(1)): the sums of all its files. */
export function readLcov(text: string): Measured {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new UnreadableError("the file is empty");
  if (lines.at(-1) !== "end_of_record") throw new UnreadableError("the file does not end with end_of_record");
  const sums = new Map<string, number>();
  for (const line of lines) {
    const [, name, number] = /^(LH|LF|BRH|BRF|FNH|FNF):(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    if (!/^\d{1,9}$/.test(number ?? "")) throw new UnreadableError(`"${line.slice(0, 40)}" is no count`);
    sums.set(name, (sums.get(name) ?? 0) + Number(number));
  }
  checkLines(lines, sums.get("LF") ?? 0);
  const values = Object.entries(totals).map(([measure, [hit, found]]) => [
    measure,
    share(sums.get(hit) ?? 0, sums.get(found) ?? 0),
  ]);
  return { values: known(Object.fromEntries(values)) };
}

/** The lines that are listed are those that were counted: a file cut in the middle and mended at its end has fewer. */
function checkLines(lines: readonly string[], found: number): void {
  const listed = lines.filter((line) => line.startsWith("DA:")).length;
  if (listed > 0 && listed !== found)
    throw new UnreadableError(`the file lists ${listed} lines and counts ${found}`);
}
