import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { packageFile, packageVersion } from "../package-root.ts";
import { rulePage } from "../problems/format.ts";
import { type Problem, ProblemsError, UsageError } from "../problems/problem.ts";
import { type ReportFormat, reportProblems } from "../problems/report.ts";
import type { ReportOptions } from "./report-options.ts";
import { exitCodeOf } from "./run.ts";
import { printData, printNote, wantsColor } from "./terminal.ts";

/** What a command found: problems, which every format shows, and its own words for people and programs, where problems are not all. */
export interface Found {
  problems: readonly Problem[];
  own?: Partial<Record<"text" | "json" | "markdown", () => string>>;
  /** For a person, beside the report. */
  note?: string;
  exitCode: number;
}

/**
 * Runs what a command looks for and reports it, in each format that is asked for. A project that cannot be read is what was found; as text it is
 * left to whoever runs the command, as every failure.
 */
export async function report(
  command: string,
  options: ReportOptions,
  find: () => Promise<Found>,
): Promise<number> {
  const { found, failure } = await foundOr(find);
  const pages = await pagesOf(found.problems);
  const inFormat = (format: ReportFormat, color: boolean) => {
    const own =
      format === "text" || format === "json" || format === "markdown" ? found.own?.[format] : undefined;
    const about = { color, command, version: packageVersion(), readPage: (page: string) => pages.get(page) };
    return own ? own() : reportProblems(found.problems, format, about);
  };
  for (const { format, file } of options.report ?? []) await write(file, inFormat(format, false));
  if (failure && options.format === "text") throw failure;
  const isSaid = options.format !== "text" || found.own?.text !== undefined || found.problems.length > 0;
  if (isSaid) printData(inFormat(options.format, wantsColor(process.stdout)));
  if (found.note !== undefined) printNote(found.note);
  return found.exitCode;
}

async function foundOr(find: () => Promise<Found>): Promise<{ found: Found; failure?: ProblemsError }> {
  try {
    return { found: await find() };
  } catch (error) {
    if (!(error instanceof ProblemsError) || error instanceof UsageError) throw error;
    return { found: { problems: error.problems, exitCode: exitCodeOf(error) }, failure: error };
  }
}

async function pagesOf(problems: readonly Problem[]): Promise<Map<string, string>> {
  const pages = new Map<string, string>();
  for (const page of new Set(problems.map(({ rule }) => rulePage(rule)))) {
    const text = await readFile(packageFile(page), "utf8").catch(() => undefined);
    if (text !== undefined) pages.set(page, text);
  }
  return pages;
}

async function write(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(resolve(file)), { recursive: true });
    await writeFile(file, text.endsWith("\n") ? text : `${text}\n`);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    const message = `the report cannot be written to "${file}" (${code})`;
    const fix = "name a file in a folder that can be written to";
    throw new ProblemsError([{ rule: "report/unwritable-file", severity: "error", message, fix }]);
  }
}
