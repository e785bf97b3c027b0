import { join } from "node:path";
import { Listr } from "listr2";
import { type CheckReport, runChecks, toolsFor } from "../checks/index.ts";
import type { Artifact, Model } from "../model/model.ts";
import { loadProject, type Project } from "../model/project.ts";
import { generateAll } from "../output/generators.ts";
import { writeOutput } from "../output/write.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { type SynthesisedStack, synthesise } from "../stacks/index.ts";
import { installTools, progressLine } from "../tools/index.ts";
import { today } from "./day.ts";
import { exitCodes } from "./exit-codes.ts";
import { printProblems } from "./run.ts";
import { table } from "./table.ts";
import { printData } from "./terminal.ts";

/** What the steps hand on to each other. */
interface Progress {
  project?: Project;
  artifacts?: Artifact[];
  stacks?: SynthesisedStack[];
  problems?: Problem[];
  ran?: CheckReport["ran"];
}

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

function steps(done: Progress): Listr<Progress> {
  const root = process.cwd();
  return new Listr<Progress>(
    [
      {
        title: "Read the catalog",
        task: async (_, task) => {
          done.project = await loadProject(root);
          task.title = `Read the catalog: ${done.project.model.platforms.map((p) => p.name).join(", ")}`;
        },
      },
      {
        title: "Write generated/",
        task: async (_, task) => {
          const artifacts = await generateAll(loaded(done).model);
          const changed = await writeOutput(root, artifacts, () => true);
          done.artifacts = artifacts;
          task.title = `Write generated/: ${artifacts.length} files, ${changed.length} of them changed`;
        },
      },
      {
        title: "Synthesise the stacks of the local environments",
        task: (_, task) => {
          const outdir = join(root, "cdktf.out");
          done.stacks = synthesise(loaded(done).model, done.artifacts ?? [], { projectRoot: root, outdir });
          task.title = `Synthesise ${done.stacks.length} stacks into cdktf.out/`;
        },
      },
      {
        title: "Find the outside tools, or build them once",
        task: async (_, task) => {
          const found = await installTools(toolsFor(), {
            onProgress: said((text) => (task.output = text), progressLine),
          });
          task.title = `Find the outside tools: ${found.map((t) => t.name).join(", ")}`;
        },
      },
      {
        title: "Check everything with the real tools",
        task: async (_, task) => {
          const { problems, ran } = await runChecks(
            { ...loaded(done), artifacts: done.artifacts ?? [], today: today() },
            {
              remember: true,
              onProgress: said(
                (text) => (task.output = text),
                ({ title, text }) => `${title} ${text}`,
              ),
            },
          );
          done.problems = problems;
          done.ran = ran;
          task.title = `Check everything with the real tools: ${ran.length} kinds, ${problems.length} problems`;
          if (problems.some((p) => p.severity === "error")) throw new ProblemsError(problems);
        },
      },
    ],
    { rendererOptions: { collapseErrors: false, showErrorMessage: false }, exitOnError: true },
  );
}

// Where nothing can be overwritten, a line every few seconds shows that work goes on.
const SECONDS_BETWEEN_LINES = 10;

/** A progress callback that shows every step on a terminal, and some of them elsewhere. */
function said<P>(show: (text: string) => void, text: (progress: P) => string): (progress: P) => void {
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (process.stdout.isTTY !== true && now - last < SECONDS_BETWEEN_LINES * 1000) return;
    last = now;
    show(text(progress));
  };
}

function loaded({ project }: Progress): Project {
  if (!project) throw new Error("the catalog has not been read");
  return project;
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
