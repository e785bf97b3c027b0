import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ProblemsError } from "../../problems/problem.ts";
import { outputOf, type Run } from "../../programs/run-program.ts";
import { secondsSince } from "./seconds.ts";

/** A run of cdktf over some stacks. */
export interface CdktfRun extends Pick<Run, "cwd" | "env" | "signal"> {
  /** The command that synthesises the stacks. */
  app: string;
  outdir: string;
  stacks: readonly string[];
  say: (line: string) => void;
}

/** Runs `cdktf deploy` or `cdktf destroy` to its end, and returns how many seconds it took. */
export async function runCdktf(verb: "deploy" | "destroy", run: CdktfRun): Promise<number> {
  const { stacks, app, outdir, say, cwd, env, signal } = run;
  const started = performance.now();
  say(`${verb}: ${stacks.join(", ")}`);
  // cdktf begins a line with the stack's name only where the stack changes.
  let stack = "";
  const onLine = (line: string) => {
    stack = stacks.find((id) => line.startsWith(`${id} `)) ?? stack;
    const done = /(?:Apply|Destroy) complete! Resources: (.*)\./.exec(line);
    if (done) say(`${verb}: ${stack}: ${done[1]}`);
  };
  // Without the last option it asks the network for other platforms' providers, past any mirror.
  const flags = ["--app", app, "--output", outdir, "--auto-approve", "--no-color", "--skip-provider-lock"];
  const args = [cdktfProgram(), verb, ...stacks, ...flags];
  await outputOf(process.execPath, args, { cwd, env, signal, limitSeconds: 900, onLine });
  return secondsSince(started);
}

/** The path of cdktf's own command line; a ProblemsError where it is not installed, since it is only a development dependency. */
export function cdktfProgram(): string {
  try {
    const manifest = createRequire(import.meta.url).resolve("cdktf-cli/package.json");
    return join(dirname(manifest), "bundle", "bin", "cdktf");
  } catch {
    throw new ProblemsError([
      {
        rule: "stack/cdktf-missing",
        severity: "error",
        message: "cdktf-cli is not installed",
        fix: "run npm install with development dependencies, or npm install --save-dev cdktf-cli@0.21",
      },
    ]);
  }
}
