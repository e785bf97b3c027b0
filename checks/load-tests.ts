import { posix } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Problem } from "../problems/problem.ts";
import { type Check, type CheckContext, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { unlessPassed } from "./passed.ts";
import { runTool } from "./run-tool.ts";
import { oneLine, withoutFolder } from "./tool-words.ts";
import { twoAtATime } from "./two-at-a-time.ts";

const rule = "check/load-script";

/** k6 loads each script with its profile, without running it, and says which options it understood. */
export const loadTests: Check = {
  name: "load-tests",
  title: "Load test scripts and their options (k6 inspect)",
  needs: ["k6"],
  async run(context) {
    const files = filesOf("loadScripts", context.artifacts);
    context.progress(`${files.length} scripts`);
    const profiles = new Map(
      filesOf("loadProfiles", context.artifacts).map((f) => [posix.dirname(f.path), f.content]),
    );
    const problems = await twoAtATime(files, (file) =>
      unlessPassed(context.passed, [file.content, profiles.get(posix.dirname(file.path)) ?? ""], () =>
        inspect(context, file),
      ),
    );
    return { problems: problems.flat(), files: files.length };
  },
};

async function inspect(context: CheckContext, file: GeneratedFile): Promise<Problem[]> {
  const folder = await context.workspace();
  const result = await runTool({
    path: context.tool("k6"),
    // Only with the requirements does k6 look whether the metrics of thresholds exist.
    args: ["inspect", "--execution-requirements", "--log-format=json", file.path],
    cwd: folder,
    seconds: 30,
    env: { HOME: folder },
    signal: context.signal,
  });
  const problem = (message: string) => problemIn(file, { rule, message: `k6: ${message}` }, context.locate);
  if (result.trouble) return [problem(result.trouble)];
  const said = logged(result.stderr).map((line) =>
    problem(oneLine(withoutFolder(line.replaceAll("file://", ""), folder))),
  );
  if (!result.ok) return said.length > 0 ? said : [problem("failed and did not say why")];
  return [...said, ...lostOptions(context, { file, understood: result.stdout, problem })];
}

/** Warnings count too: an option that k6 does not know is one that has no effect. */
function logged(stderr: string): string[] {
  return stderr.split("\n").flatMap((line) => {
    if (!line.startsWith("{")) return line.trim() === "" ? [] : [line];
    const { level, msg, error } = JSON.parse(line) as { level: string; msg: string; error?: string };
    if (level !== "error" && level !== "warning") return [];
    return [error === undefined ? msg : `${msg}: ${error}`];
  });
}

interface Options {
  scenarios?: Record<string, unknown> | null;
  thresholds?: Record<string, unknown> | null;
}

/** A script that does not take over its profile's options would run another load, with other limits, and pass. */
function lostOptions(
  { artifacts }: CheckContext,
  {
    file,
    understood,
    problem,
  }: { file: GeneratedFile; understood: string; problem: (message: string) => Problem },
): Problem[] {
  const profile = artifacts.find((a) => a.path === file.path.replace(/script\.js$/, "profile.json"));
  if (!profile) return [];
  const { options = {} } = JSON.parse(profile.content) as { options?: Options };
  const seen = JSON.parse(understood) as Options;
  const lost = Object.keys(options.scenarios ?? {}).filter((name) => !seen.scenarios?.[name]);
  const changed = Object.entries(options.thresholds ?? {}).filter(
    ([metric, wanted]) => !isDeepStrictEqual(seen.thresholds?.[metric], wanted),
  );
  const metrics = changed.map(([metric]) => metric).join(", ");
  return [
    ...(lost.length > 0
      ? [problem(`the script does not run scenario ${lost.join(", ")} of profile.json`)]
      : []),
    ...(changed.length > 0
      ? [problem(`the script does not set profile.json's thresholds of ${metrics}`)]
      : []),
  ];
}
