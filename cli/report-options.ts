import { type Command, InvalidArgumentError, Option } from "commander";
import { type ReportFormat, reportFormats } from "../problems/report.ts";

/** How a command is asked to report: on standard output in one format, and into files in others. */
export interface ReportOptions {
  format: ReportFormat;
  report?: ReportFile[];
}

/** A file that a report goes to, from the working folder. */
export interface ReportFile {
  format: ReportFormat;
  file: string;
}

/** `--format`, of a command that reports in these formats; text unless told. */
export function formatOption(...formats: readonly [string, ...string[]]): Option {
  return new Option("--format <format>", "how to report").choices(formats).default("text");
}

/** Adds `--format` and `--report` to a command. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(formatOption(...reportFormats))
    .addOption(
      new Option(
        "--report <format=file>",
        "write the report into a file too, in that format; can be given again",
      ).argParser(reportFile),
    );
}

function reportFile(text: string, all: ReportFile[] = []): ReportFile[] {
  const [, name, file] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const format = reportFormats.find((known) => known === name);
  if (!format || !file)
    throw new InvalidArgumentError(`Write it like sarif=check.sarif; there are ${reportFormats.join(", ")}.`);
  return [...all, { format, file }];
}
