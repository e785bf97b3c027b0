// `npm run deploy:local [-- PLATFORM…]`: cdktf deploys the local environments to a Kubernetes of their own on this machine, shows
// what stands there, and destroys it again.
import { exitCodes } from "../cli/exit-codes.ts";
import { loadProject, selectedOf } from "../model/project.ts";
import { packageFile } from "../package-root.ts";
import { formatProblems } from "../problems/format.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { ToolMissingError } from "../tools/index.ts";
import { type Deployed, deployLocally, type LocalDeployment } from "./deploy-local/deployment.ts";

const interruption = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!interruption.signal.aborted) say("interrupted: ending what runs, then taking the cluster down");
    interruption.abort();
  });
}
// A reader that went away (`| head`) must not keep the cluster from being taken down.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => interruption.abort());

try {
  const root = process.cwd();
  const places = await localPlaces(root, process.argv.slice(2));
  const times = await deployLocally({
    places,
    projectRoot: root,
    app: `"${process.execPath}" "${packageFile("dist/stacks/main.js")}"`,
    signal: interruption.signal,
    say,
    whileDeployed: async ({ deployments }) => show(places, deployments),
  });
  for (const { place, deploySeconds, destroySeconds } of times)
    say(`${place}: deployed in ${deploySeconds} s, destroyed in ${destroySeconds} s`);
} catch (error) {
  process.exitCode = explain(error);
}

/** The platforms named, or all, each in its environment of stage "local". */
async function localPlaces(root: string, names: string[]): Promise<LocalDeployment["places"]> {
  const project = await loadProject(root);
  const { platforms } = selectedOf(project, names.length > 0 ? { platform: names } : {});
  const places = project.model.platforms
    .filter((platform) => platforms?.includes(platform.name) ?? true)
    .flatMap((platform) => {
      const environment = platform.environments.find(({ stage }) => stage === "local");
      return environment ? [{ platform, environment }] : [];
    });
  if (places.length > 0) return places;
  const fix = 'give a platform an environment with stage: "local"';
  throw new ProblemsError([
    { rule: "stack/nothing-selected", severity: "error", message: "there is no local environment", fix },
  ]);
}

function show(places: LocalDeployment["places"], deployments: Deployed["deployments"]): void {
  const rows = deployments.map((d) => [
    `${d.namespace}/${d.name}`,
    `${d.available}/${d.wanted} available`,
    d.image,
  ]);
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "));
  process.stdout.write(`${lines.join("\n")}\n`);
  say(
    "API server, scheduler and controllers are real; nodes and pods are simulated by KWOK: no container runs, no probe is asked",
  );
  const secrets = places.flatMap(({ environment }) =>
    environment.services.flatMap(({ secrets, files }) => {
      const folders = Object.values(files).flatMap((source) => ("secret" in source ? [source] : []));
      return [...Object.values(secrets), ...folders].map(
        ({ secret }) => `${environment.namespace}/${secret}`,
      );
    }),
  );
  if (secrets.length > 0) {
    say(
      `simulated pods start without their Secrets; on a real cluster create first: ${[...new Set(secrets)].sort().join(", ")}`,
    );
  }
}

function explain(error: unknown): number {
  if (interruption.signal.aborted) return exitCodes.interrupted;
  if (error instanceof ProblemsError || error instanceof ToolMissingError) {
    problemsSaid(error.problems);
    return error instanceof ToolMissingError ? exitCodes.toolMissing : exitCodes.problems;
  }
  say(error instanceof Error ? error.message : String(error));
  return exitCodes.problems;
}

function problemsSaid(problems: readonly Problem[]): void {
  say(formatProblems(problems, { color: process.stderr.isTTY === true && !process.env.NO_COLOR }));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
