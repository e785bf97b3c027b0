import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { failedTests } from "./promtool-failures.ts";
import { runTool } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";
import { twoAtATime } from "./two-at-a-time.ts";

// A test of a 30-day window evaluates some thousand times; the slowest takes a few seconds.
const SECONDS_A_FILE = 120;

/** promtool feeds each alert's example series to the rules and compares what fires. */
export const ruleTests: Check = {
  name: "rule-tests",
  title: "Unit tests of alerts and recording rules (promtool test)",
  needs: ["promtool"],
  async run(context) {
    const files = filesOf("ruleTests", context.artifacts);
    let done = 0;
    const problems = await twoAtATime(files, async (file) => {
      const found = await testFile(context, file);
      done += 1;
      context.progress(`${done} of ${files.length} test files`);
      return found;
    });
    return { problems: problems.flat(), files: files.length };
  },
};

async function testFile(context: CheckContext, file: GeneratedFile): Promise<Problem[]> {
  const folder = await context.workspace();
  const { ok, trouble, stderr } = await runTool({
    path: context.tool("promtool"),
    args: ["test", "rules", file.path],
    cwd: folder,
    seconds: SECONDS_A_FILE,
    // Short runs with little memory: collecting garbage less often saves a fifth of their time.
    env: { HOME: folder, GOGC: "400" },
    signal: context.signal,
  });
  const problem = (message: string) =>
    problemIn(
      file,
      { rule: "check/promtool-test", message: `promtool: ${oneLine(message)}` },
      context.locate,
    );
  if (trouble) return [problem(`the test ${trouble}`)];
  // Without its rules a test that expects silence passes.
  const said = withoutFolder(stderr, folder);
  const unread = said.match(/no file match pattern .*/g) ?? [];
  return [...unread, ...(ok ? [] : failedTests(said))].map(problem);
}
