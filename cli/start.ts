import type { Artifact, Model } from "../model/model.ts";
import type { SynthesisedStack } from "../stacks/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { type Progress, steps } from "./start-steps.ts";
import { table } from "./table.ts";
import { printData } from "./terminal.ts";

/** `fairlead start`: everything once, from the catalog to checked output, and what to do next. */
export async function start(): Promise<number> {
  const done: Progress = {};
  await steps(done).run(done);
  const { project, artifacts = [], stacks = [], problems = [], ran = [] } = done;
  await printProblems(problems);
  if (!project) return exitCodes.bug;
  printData(summary(project.model, artifacts, stacks));
  const failed = problems.some((p) => p.severity === "error");
  printData(failed ? "Some checks failed; see above." : `${ran.length} kinds of checks passed.`);
  printData(next(project.model));
  return failed ? exitCodes.problems : exitCodes.done;
}

function summary(model: Model, artifacts: readonly Artifact[], stacks: readonly SynthesisedStack[]): string {
  const count = (kind: string, platform: string) =>
    String(artifacts.filter((a) => a.path.startsWith(`generated/${kind}/${platform}/`)).length);
  const rows = model.platforms.map((p) => [
    p.name,
    String(p.services.length),
    String(p.slos.length),
    String(p.alerts.length),
    String(p.dashboards.length),
    count("runbooks", p.name),
    String(p.loadProfiles.length),
    String(p.gates.length),
    String(stacks.filter((s) => s.platform === p.name).length),
  ]);
  const head = [
    "PLATFORM",
    "SERVICES",
    "SLOS",
    "ALERTS",
    "DASHBOARDS",
    "RUNBOOK PAGES",
    "LOAD TESTS",
    "GATES",
    "STACKS",
  ];
  return `\n${table([head, ...rows])}\n`;
}

function next(model: Model): string {
  const platform = model.platforms.find((p) => p.slos.length > 0 && p.environments.length > 0);
  const slo = platform?.slos[0];
  const rules = `generated/alerts/${platform?.name}/${platform?.environments.at(-1)?.name}/rules/`;
  const rows = [
    ["Look at", "generated/runbooks/index.html", "what an engineer on call sees"],
    ["", rules, "alerts and recording rules; their unit tests are in ../../tests/"],
    ["", "generated/dashboards/, load-tests/, policies/", "for Grafana, k6 and gates"],
    ["Next", `npx fairlead explain ${slo?.id}`, "an SLO with its numbers"],
    ["", "npx fairlead check --only policies", "what CI runs on a policy change, without tools"],
    ["", "npx cdktf synth", "the stacks by cdktf's own command line"],
    ["", "npm run deploy:local", "deploy to a local Kubernetes API, and take it down again"],
    ["", "npx fairlead init ../my-platform", "a project of your own"],
  ];
  return `\n${table(rows)}`;
}
