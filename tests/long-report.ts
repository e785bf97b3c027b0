import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join, relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import { rootFolder } from "./structure/source-files.ts";

/** Writes docs/reports/long-tests.md after `npm run test:long`: each test, how often it tried (its annotations), how it ended and how long it took. */
export default class LongReport implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const folder = join(rootFolder, "docs/reports");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "long-tests.md"), longReport(modules));
  }
}

function longReport(modules: readonly TestModule[]): string {
  const rows = modules.flatMap((module) =>
    [...module.children.allTests()].map((test) => [
      relative(rootFolder, module.moduleId),
      cell(test.fullName),
      cell(
        test
          .annotations()
          .map(({ message }) => message)
          .join("; "),
      ),
      test.result().state,
      ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1),
    ]),
  );
  const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const head = ["File", "Test", "Counts", "Outcome", "Seconds"];
  return [
    "# Long tests",
    "",
    `By \`npm run test:long\` on ${machine}: the tests that are too long for every change, and those that draw samples with their full counts.`,
    "",
    ...[head, head.map(() => "-"), ...rows.sort(([a = ""], [b = ""]) => (a < b ? -1 : a > b ? 1 : 0))].map(
      (cells) => `| ${cells.join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
