import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { rootFolder } from "./structure/source-files.ts";

const folder = join(rootFolder, "docs/reports");
const file = join(folder, "long-tests.md");

/**
 * Writes docs/reports/long-tests.md after `npm run test:long`: each test, how often it tried (its annotations), how it ended and how long it took. The
 * rows of files that were not run this time stay: the whole takes hours and may be run in parts.
 */
export default class LongReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, longReport([...earlierRows(modules), ...modules.flatMap(rowsOf)]));
  }
}

const nameOf = ({ moduleId }: TestModule) => relative(rootFolder, moduleId);

function earlierRows(modules: readonly TestModule[]): string[] {
  if (!existsSync(file)) return [];
  const runNow = new Set(modules.map(nameOf));
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .map((row) => ({ row, of: /^\| (\S+\.test\.ts) \|/.exec(row)?.[1] }));
  return rows.flatMap(({ row, of }) => (of !== undefined && !runNow.has(of) ? [row] : []));
}

function rowsOf(module: TestModule): string[] {
  return [...module.children.allTests()]
    .filter((test) => test.result().state !== "pending")
    .map((test) => {
      const counts = test.annotations().map(({ message }) => message);
      const seconds = ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1);
      return row([
        nameOf(module),
        cell(test.fullName),
        cell(counts.join("; ")),
        test.result().state,
        seconds,
      ]);
    });
}

function longReport(rows: readonly string[]): string {
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const head = ["File", "Test", "Counts", "Outcome", "Seconds"];
  return [
    "# Long tests",
    "",
    `By \`npm run test:long\` on ${machine}: the tests that are too long for every change, and those that draw samples with their full counts.`,
    "",
    row(head),
    row(head.map(() => "-")),
    ...[...rows].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    "",
  ].join("\n");
}

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
