// The app that cdktf.json names: the project in the current folder, as stacks. FAIRLEAD_PLATFORM and FAIRLEAD_ENV (names, separated by
// commas) select; without them it is all platforms in their local environments. FAIRLEAD_STATE keeps local state elsewhere.
import { loadProject, selectedOf } from "../model/project.ts";
import { formatProblems } from "../problems/format.ts";
import { ProblemsError } from "../problems/problem.ts";
import { synthesisePart } from "./deploy/synthesise-part.ts";

try {
  const root = process.cwd();
  const [platform, env] = [namesIn("FAIRLEAD_PLATFORM"), namesIn("FAIRLEAD_ENV")];
  const project = await loadProject(root, { platforms: platform });
  const selected = selectedOf(project, { ...(platform && { platform }), ...(env && { env }) });
  const { CDKTF_OUTDIR } = process.env;
  const written = synthesisePart(project, { ...selected, outdir: CDKTF_OUTDIR || "cdktf.out" });
  if (written.length === 0) throw new ProblemsError([nothingSelected(project.environments)]);
} catch (error) {
  if (!(error instanceof ProblemsError)) throw error;
  process.stderr.write(`${formatProblems(error.problems, { color: false })}\n`);
  process.exitCode = 1;
}

function namesIn(variable: string): string[] | undefined {
  const names = (process.env[variable] ?? "").split(",").filter((name) => name !== "");
  return names.length > 0 ? names : undefined;
}

function nothingSelected(environments: readonly string[]) {
  return {
    rule: "stack/nothing-selected",
    severity: "error" as const,
    message: "no platform has an environment that was asked for",
    fix: `set FAIRLEAD_ENV to one of ${environments.join(", ")}; without it only environments of stage "local" are deployed`,
  };
}
