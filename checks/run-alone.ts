import type { Artifact } from "../model/model.ts";
import type { Problem } from "../problems/problem.ts";
import { requireTool, type ToolName } from "../tools/index.ts";
import type { Check, CheckContext } from "./check.ts";
import { nothingPassed } from "./passed.ts";
import { openWorkspace } from "./workspace.ts";

/** Runs one check with the real tools over artifacts of a test; its places are `catalog/PATH.ts`, whatever the path. */
export async function runAlone(check: Check, given: Partial<CheckContext>): Promise<Problem[]> {
  const { problems } = await withContext(check.needs, given, (context) => check.run(context));
  return problems;
}

/** Calls `work` with what a check sees. */
export async function withContext<T>(
  needs: readonly ToolName[],
  given: Partial<CheckContext>,
  work: (context: CheckContext) => Promise<T>,
): Promise<T> {
  const artifacts = given.artifacts ?? [];
  const tools = new Map<string, string>();
  for (const name of needs) tools.set(name, await requireTool(name));
  const workspace = openWorkspace(artifacts);
  const context: CheckContext = {
    root: "/nowhere",
    model: { platforms: [], requirements: [] },
    artifacts,
    problems: [],
    today: "2026-11-21",
    locate: ({ path }) => ({ file: `catalog/${path.join("/")}.ts`, line: 3, column: 5, exact: true }),
    tool: (name) => tools.get(name) ?? name,
    workspace: workspace.folder,
    progress: () => {},
    passed: nothingPassed,
    ...given,
  };
  try {
    return await work(context);
  } finally {
    await workspace.close();
  }
}

/** An artifact made from `slos.NAME` of the shop. */
export function artifact(path: string, content: string, name = "made-up"): Artifact {
  return { path, content, origin: { platform: "shop", path: ["slos", name], label: `slos.${name}` } };
}

/** The model's artifacts with one of them changed. */
export function changed(
  artifacts: readonly Artifact[],
  path: string,
  change: (content: string) => string,
): Artifact[] {
  const found = artifacts.find((a) => a.path === path);
  if (!found) throw new Error(`no artifact ${path}`);
  const content = change(found.content);
  if (content === found.content) throw new Error(`the change of ${path} changes nothing`);
  return artifacts.map((a) => (a === found ? { ...a, content } : a));
}

/** Problems as `rule at place, path: message`, one a line. */
export function told(problems: readonly Problem[]): string {
  return problems
    .map(({ rule, location, path, message }) => `${rule} at ${location?.file ?? "?"}, ${path}: ${message}`)
    .join("\n");
}
