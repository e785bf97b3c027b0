import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFile } from "../package-root.ts";
import type { Problem } from "../problems/problem.ts";
import { cacheDir, type ToolOptions } from "../tools/index.ts";

/** Runs of tools that found nothing, by all that their answer depends on: the same question need not be asked twice. */
export interface Passed {
  /** Whether a run on exactly this has passed before. */
  has(inputs: readonly string[]): boolean;
  /** Notes that a run on exactly this has passed. */
  add(inputs: readonly string[]): Promise<void>;
}

/** Remembers nothing: everything is run. */
export const nothingPassed: Passed = { has: () => false, add: async () => {} };

// A mark is an empty file; a few thousand cost nothing, and older ones are of versions that nobody has any more.
const MOST_MARKS = 20_000;

/** What passed in all checks. */
export interface PassedByCheck {
  /**
   * What passed in the check of a name, which runs the tools at these paths: a mark is of one check, one build of each of its tools
   * and one build of Fairlead, whatever else runs beside it.
   */
  of(check: string, tools: readonly string[]): Promise<Passed>;
}

/** The marks in Fairlead's cache folder, which all projects of a user share. */
export async function openPassed(options: ToolOptions = {}): Promise<PassedByCheck> {
  const folder = join(cacheDir(options.env), "passed");
  await mkdir(folder, { recursive: true });
  const marks = new Set(await readdir(folder));
  if (marks.size > MOST_MARKS) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    marks.clear();
  }
  const code = codeVersion();
  return {
    async of(check, tools) {
      const asked = [check, code, ...(await Promise.all(tools.map(identity)))];
      const mark = (inputs: readonly string[]) =>
        createHash("sha256")
          .update(JSON.stringify([asked, inputs]))
          .digest("hex");
      return {
        has: (inputs) => marks.has(mark(inputs)),
        add: (inputs) => writeFile(join(folder, mark(inputs)), ""),
      };
    },
  };
}

/** What `work` finds; nothing without running it where it has passed before with the same inputs. */
export async function unlessPassed(
  passed: Passed,
  inputs: readonly string[],
  work: () => Promise<Problem[]>,
): Promise<Problem[]> {
  if (passed.has(inputs)) return [];
  const problems = await work();
  if (problems.length === 0) await passed.add(inputs);
  return problems;
}

// The names of the bundle's other files hold digests of what is in them, so that its first file changes with any of them.
function codeVersion(): string {
  const bundle = packageFile("dist/cli/main.js");
  const text = existsSync(bundle) ? readFileSync(bundle) : "";
  return createHash("sha256").update(text).digest("hex");
}

async function identity(tool: string): Promise<string> {
  const { size, mtimeMs } = await stat(tool);
  return `${tool} ${size} ${mtimeMs}`;
}
