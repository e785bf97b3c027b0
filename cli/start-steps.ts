import { join } from "node:path";
import { Listr } from "listr2";
import { type CheckReport, runChecks, toolsFor } from "../checks/index.ts";
import type { Artifact } from "../model/model.ts";
import { loadProject, type Project } from "../model/project.ts";
import { generateAll } from "../output/generators.ts";
import { writeOutput } from "../output/write.ts";
import { type Problem, ProblemsError } from "../problems/problem.ts";
import { type SynthesisedStack, synthesise } from "../stacks/index.ts";
import { installTools, progressLine } from "../tools/index.ts";
import { today } from "./day.ts";

/** What the steps hand on to each other. */
export interface Progress {
  project?: Project;
  artifacts?: Artifact[];
  stacks?: SynthesisedStack[];
  problems?: Problem[];
  ran?: CheckReport["ran"];
}

/** What a step says of itself: what it is or came to, and meanwhile how far it is. */
interface Shown {
  title: string;
  output: string;
}

/** From the catalog to checked output in the current folder; each step leaves in `done` what it made. */
export function steps(done: Progress): Listr<Progress> {
  const at = { done, root: process.cwd() };
  return new Listr<Progress>(
    [
      { title: "Read the catalog", task: (_, task) => readCatalog(at, task) },
      { title: "Write generated/", task: (_, task) => writeGenerated(at, task) },
      {
        title: "Synthesise the stacks of the local environments",
        task: (_, task) => synthesiseLocal(at, task),
      },
      { title: "Find the outside tools, or build them once", task: (_, task) => findTools(task) },
      { title: "Check everything with the real tools", task: (_, task) => checkAll(at, task) },
    ],
    { rendererOptions: { collapseErrors: false, showErrorMessage: false }, exitOnError: true },
  );
}

/** The project that the steps are about. */
interface At {
  done: Progress;
  root: string;
}

async function readCatalog({ done, root }: At, task: Shown): Promise<void> {
  done.project = await loadProject(root);
  task.title = `Read the catalog: ${done.project.model.platforms.map((p) => p.name).join(", ")}`;
}

async function writeGenerated({ done, root }: At, task: Shown): Promise<void> {
  const artifacts = await generateAll(loaded(done).model);
  const changed = await writeOutput(root, artifacts, () => true);
  done.artifacts = artifacts;
  task.title = `Write generated/: ${artifacts.length} files, ${changed.length} of them changed`;
}

function synthesiseLocal({ done, root }: At, task: Shown): void {
  const outdir = join(root, "cdktf.out");
  done.stacks = synthesise(loaded(done).model, done.artifacts ?? [], { projectRoot: root, outdir });
  task.title = `Synthesise ${done.stacks.length} stacks into cdktf.out/`;
}

async function findTools(task: Shown): Promise<void> {
  const onProgress = said((text) => (task.output = text), progressLine);
  const found = await installTools(toolsFor(), { onProgress });
  task.title = `Find the outside tools: ${found.map((t) => t.name).join(", ")}`;
}

async function checkAll({ done }: At, task: Shown): Promise<void> {
  const onProgress = said<{ title: string; text: string }>(
    (text) => (task.output = text),
    ({ title, text }) => `${title} ${text}`,
  );
  const input = { ...loaded(done), artifacts: done.artifacts ?? [], today: today() };
  const { problems, ran } = await runChecks(input, { remember: true, onProgress });
  done.problems = problems;
  done.ran = ran;
  task.title = `Check everything with the real tools: ${ran.length} kinds, ${problems.length} problems`;
  if (problems.some((p) => p.severity === "error")) throw new ProblemsError(problems);
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
