import { posix } from "node:path";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { inBatches } from "./in-batches.ts";
import { failedTests } from "./promtool-failures.ts";
import { runTool, type ToolResult } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";

// A test of a 30-day window evaluates some thousand times; the slowest takes a few seconds.
const SECONDS_A_FILE = 120;

/** promtool feeds each alert's example series to the rules and compares what fires. */
export const ruleTests: Check = {
  name: "rule-tests",
  title: "Unit tests of alerts and recording rules (promtool test)",
  needs: ["promtool"],
  async run(context) {
    const files = filesOf("ruleTests", context.artifacts);
    const contents = new Map(context.artifacts.map(({ path, content }) => [path, content]));
    let done = 0;
    const problems = await inBatches(files, {
      size: FILES_A_RUN,
      passes: async (some) => {
        const { ok, stderr } = await promtool(context, some);
        return ok && unread(stderr).length === 0;
      },
      problems: (file) => testFile(context, file),
      passed: context.passed,
      inputs: (file) => [file.content, ...rulesOf(file, contents)],
      done: (some) => {
        done += some;
        context.progress(`${done} of ${files.length} test files`);
      },
    });
    return { problems, files: files.length };
  },
};

/** What the rule files hold that a test names; a name alone where there is no such file. */
function rulesOf({ path, content }: GeneratedFile, contents: ReadonlyMap<string, string>): string[] {
  const named = content.match(/[^\s"']+\/rules\/[^\s"']+\.yaml/g) ?? [];
  return named.map((name) => contents.get(posix.join(posix.dirname(path), name)) ?? name);
}

// Enough that starting promtool counts for little, few enough to see how far it is.
const FILES_A_RUN = 8;

async function promtool(context: CheckContext, files: readonly GeneratedFile[]): Promise<ToolResult> {
  const folder = await context.workspace();
  return runTool({
    path: context.tool("promtool"),
    args: ["test", "rules", ...files.map(({ path }) => path)],
    cwd: folder,
    seconds: files.length * SECONDS_A_FILE,
    // Short runs with little memory: collecting garbage less often saves a fifth of their time.
    env: { HOME: folder, GOGC: "400" },
    signal: context.signal,
  });
}

async function testFile(context: CheckContext, file: GeneratedFile): Promise<Problem[]> {
  const folder = await context.workspace();
  const { ok, trouble, stderr } = await promtool(context, [file]);
  const problem = (message: string) =>
    problemIn(
      file,
      { rule: "check/promtool-test", message: `promtool: ${oneLine(message)}` },
      context.locate,
    );
  if (trouble) return [problem(`the test ${trouble}`)];
  const said = withoutFolder(stderr, folder);
  return [...unread(said), ...(ok ? [] : failedTests(said))].map(problem);
}

// Without its rules a test that expects silence passes.
function unread(said: string): string[] {
  return said.match(/no file match pattern .*/g) ?? [];
}
