import { resolve } from "node:path";
import { type FiledRecord, readRecords } from "../delivery/gate/ledger.ts";
import { type Explained, readExplained, unexplained } from "../delivery/replay/explained.ts";
import { formatReplay } from "../delivery/replay/format.ts";
import { replay } from "../delivery/replay/replay.ts";
import { loadProject, selectedOf } from "../model/project.ts";
import { printableJson } from "../problems/printable.ts";
import { UsageError } from "../problems/problem.ts";
import { type ReportFormat, reportProblems } from "../problems/report.ts";
import { exitCodes } from "./exit-codes.ts";
import { printData, printNote, wantsColor } from "./terminal.ts";

export interface PolicyReplayOptions {
  /** From the working folder. */
  records: string;
  explained?: string;
  platform?: string[];
  format: ReportFormat;
}

/** `fairlead policy replay`. Inconclusive where no decision could be judged again: nobody must take that for agreement. */
export async function policyReplay(options: PolicyReplayOptions): Promise<number> {
  const project = await loadProject(process.cwd(), {
    ...(options.platform && { platforms: options.platform }),
  });
  const selected = selectedOf(project, options).platforms;
  const records = ofPlatforms(recordsIn(options.records), selected);
  const explained: Explained =
    options.explained === undefined ? new Map() : await readExplained(project.root, options.explained);
  const found = replay(records, project.model);
  const files = new Map<string, string>(
    project.model.platforms.flatMap(({ name, gates }) =>
      gates.map((gate) => [`${name}/${gate.name}`, gate.policy.file] as const),
    ),
  );
  const problems = unexplained(found, { explained, policyOf: (gate) => files.get(gate) });
  const color = wantsColor(process.stdout);
  if (options.format === "json") printData(printableJson({ ...found, problems }));
  else if (options.format !== "text") printData(reportProblems(problems, options.format, { color }));
  else {
    printData(formatReplay(found, explained));
    if (problems.length > 0) printData(reportProblems(problems, "text", { color }));
  }
  if (problems.some(({ severity }) => severity === "error")) return exitCodes.problems;
  const { replayed, notReplayable } = found;
  if (replayed > 0 || notReplayable.length === 0) return exitCodes.done;
  printNote(`None of ${notReplayable.length} decisions could be judged again.`);
  return exitCodes.inconclusive;
}

/** The records of chosen platforms, and those of which nobody can say what they are of. */
function* ofPlatforms(
  records: Iterable<FiledRecord>,
  selected: readonly string[] | undefined,
): Generator<FiledRecord> {
  for (const filed of records) {
    const { record } = filed;
    const isChosen =
      selected === undefined ||
      "unusable" in record ||
      selected.some((name) => record.gate.startsWith(`${name}/`));
    if (isChosen) yield filed;
  }
}

function recordsIn(folder: string): Iterable<FiledRecord> {
  try {
    return readRecords(resolve(folder));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    const message = `there is no folder of records "${folder}"`;
    const fix = "name the one that decisions are recorded in: --records DIR";
    throw new UsageError([{ rule: "policy/no-records", severity: "error", message, fix }]);
  }
}
