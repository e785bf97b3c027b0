import { resolve } from "node:path";
import { type FiledRecord, readRecords } from "../delivery/gate/ledger.ts";
import { type Explained, readExplained, unexplained } from "../delivery/replay/explained.ts";
import { formatReplay } from "../delivery/replay/format.ts";
import { replayMarkdown } from "../delivery/replay/markdown.ts";
import { type Replay, replay } from "../delivery/replay/replay.ts";
import { loadProject, selectedOf } from "../model/project.ts";
import { formatProblems } from "../problems/format.ts";
import { printableJson } from "../problems/printable.ts";
import { type Problem, UsageError } from "../problems/problem.ts";
import { exitCodes } from "./exit-codes.ts";
import { type Found, report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";
import { wantsColor } from "./terminal.ts";

export interface PolicyReplayOptions extends ReportOptions {
  /** From the working folder. */
  records: string;
  explained?: string;
  platform?: string[];
}

/** `fairlead policy replay`. Inconclusive where no decision could be judged again: nobody must take that for agreement. */
export function policyReplay(options: PolicyReplayOptions): Promise<number> {
  return report("policy-replay", options, async () => {
    const project = await loadProject(process.cwd(), {
      ...(options.platform && { platforms: options.platform }),
    });
    const records = ofPlatforms(recordsIn(options.records), selectedOf(project, options).platforms);
    const explained: Explained =
      options.explained === undefined ? new Map() : await readExplained(project.root, options.explained);
    const found = replay(records, project.model);
    const files = new Map<string, string>(
      project.model.platforms.flatMap(({ name, gates }) =>
        gates.map((gate) => [`${name}/${gate.name}`, gate.policy.file] as const),
      ),
    );
    const flips = unexplained(found, { explained, policyOf: (gate) => files.get(gate) });
    const isIdle = found.replayed === 0;
    const problems = isIdle ? [...flips, noneReplayed(found.notReplayable.length)] : flips;
    return { problems, own: shown(found, { explained, problems }), exitCode: exitCodeOf(flips, isIdle) };
  });
}

function exitCodeOf(flips: readonly Problem[], isIdle: boolean): number {
  if (flips.some(({ severity }) => severity === "error")) return exitCodes.problems;
  return isIdle ? exitCodes.inconclusive : exitCodes.done;
}

function shown(
  found: Replay,
  { explained, problems }: { explained: Explained; problems: Problem[] },
): NonNullable<Found["own"]> {
  const told = () =>
    problems.length === 0 ? "" : formatProblems(problems, { color: wantsColor(process.stdout) });
  return {
    text: () => `${formatReplay(found, explained)}${told()}`,
    json: () => printableJson({ ...found, problems }),
    markdown: () => replayMarkdown(found, explained),
  };
}

function noneReplayed(of: number): Problem {
  const message = of === 0 ? "there are no decisions" : `none of ${of} decisions could be judged again`;
  const fix =
    of === 0
      ? "name the folder that decisions are recorded in: --records DIR"
      : "see with --format json why, and name a folder with newer records";
  return { rule: "policy/not-replayable", severity: "error", message, fix };
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
