import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { inBatches } from "./in-batches.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";

/** promtool reads every rule file and every Prometheus configuration as the server would. */
export const rules: Check = {
  name: "rules",
  title: "Prometheus rules and scrape configuration (promtool check)",
  needs: ["promtool"],
  async run(context) {
    const ruleFiles = filesOf("rules", context.artifacts);
    const configurations = filesOf("prometheus", context.artifacts);
    context.progress(`${ruleFiles.length} rule files, ${configurations.length} configurations`);
    const check = (files: readonly GeneratedFile[], args: string[]) =>
      inBatches(files, {
        size: FILES_A_RUN,
        passes: async (some) => (await promtool(context, [...args, ...some.map(({ path }) => path)])).ok,
        problems: (file) => checkFile(context, { file, args }),
        passed: context.passed,
        inputs: ({ content }) => [...args, content],
      });
    const problems = [
      ...(await check(ruleFiles, ["check", "rules", "--lint=all", "--lint-fatal"])),
      // Only the syntax: the files with certificates and tokens that it names are where Prometheus runs.
      ...(await check(configurations, ["check", "config", "--syntax-only"])),
    ];
    return { problems, files: ruleFiles.length + configurations.length };
  },
};

// A command line takes 32,767 characters at most on some systems.
const FILES_A_RUN = 100;

async function promtool(context: CheckContext, args: string[]): Promise<ToolResult> {
  const folder = await context.workspace();
  return runTool({
    path: context.tool("promtool"),
    args,
    cwd: folder,
    seconds: 30,
    env: { HOME: folder },
    signal: context.signal,
  });
}

async function checkFile(
  context: CheckContext,
  { file, args }: { file: GeneratedFile; args: string[] },
): Promise<Problem[]> {
  const folder = await context.workspace();
  const result = await promtool(context, [...args, file.path]);
  if (result.ok) return [];
  const rule = "check/promtool-rules";
  if (result.trouble)
    return [problemIn(file, { rule, message: `promtool ${result.trouble}` }, context.locate)];
  return complaints(withoutFolder(result.stderr, folder), file.path).map(({ message, ...place }) =>
    problemIn(file, { rule, message: `promtool: ${oneLine(message)}`, ...place }, context.locate),
  );
}

interface Complaint {
  message: string;
  line?: number;
  column?: number;
}

// `FILE: 5:15: group "g", rule 1, "Name": could not parse expression: …`; a lint error, without the file; a YAML error, which
// names its line in words. What stands before "FAILED:" are notes.
function complaints(said: string, file: string): Complaint[] {
  const text = said.replace(/^.*?FAILED:/s, "").trim();
  const blocks: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(`${file}: `) || blocks.length === 0)
      blocks.push(line.startsWith(`${file}: `) ? line.slice(file.length + 2) : line);
    else blocks[blocks.length - 1] += `\n${line}`;
  }
  // promtool says some errors once for each time that it reads the file.
  return [...new Set(blocks)].map((block) => {
    const [place, line, column] = /^(\d+):(\d+): /.exec(block) ?? /\bline (\d+): /.exec(block) ?? [];
    if (line === undefined) return { message: block };
    if (column === undefined) return { message: block, line: Number(line) };
    return { message: block.slice(place?.length), line: Number(line), column: Number(column) };
  });
}
