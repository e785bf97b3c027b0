import { type CheckProgress, checks, needArtifacts, runChecks, toolsFor } from "../checks/index.ts";
import { checkScrape } from "../checks/scrape.ts";
import { loadProject, type Project, restrict, selectedOf } from "../model/project.ts";
import { generateAll } from "../output/generators.ts";
import { type Problem, ProblemsError, type Severity, UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { installTools, progressLine } from "../tools/index.ts";
import { today } from "./day.ts";
import { exitCodes } from "./exit-codes.ts";
import { report } from "./report.ts";
import type { ReportOptions } from "./report-options.ts";
import { printNote } from "./terminal.ts";

export interface CheckOptions extends ReportOptions {
  only?: string[];
  platform?: string[];
  env?: string[];
  /** Address of a live service's metrics: only these are compared with the catalog. */
  scrape?: string;
  service?: string;
  failOn: Severity;
  /** The day that allowances of lints are compared with, as in "2026-11-21"; that of the clock unless told. */
  today?: string;
  /** Run also what passed before with the same files and tools. */
  fresh?: boolean;
}

/** `fairlead check`. */
export async function check(options: CheckOptions): Promise<number> {
  if (options.service !== undefined && options.scrape === undefined) throw new UsageError([serviceAlone]);
  const names = checks.map((c) => c.name);
  const unknown = unknownChoices("check", options.only ?? [], names);
  if (unknown.length > 0) throw new UsageError(unknown);
  return report("check", options, async () => {
    const problems = await findProblems(options);
    const fails = problems.some((p) => RANK[p.severity] >= RANK[options.failOn]);
    return { problems, exitCode: fails ? exitCodes.problems : exitCodes.done };
  });
}

const serviceAlone: Problem = {
  rule: "reference/unknown-service",
  severity: "error",
  message: "--service says which service --scrape reads, and there is no --scrape",
  fix: "add --scrape URL, or leave --service out",
};

const RANK: Record<Severity, number> = { info: 0, warning: 1, error: 2 };

/** Everything that is wrong; a catalog that cannot be read is a finding here, not a failure of the command. */
async function findProblems(options: CheckOptions): Promise<readonly Problem[]> {
  try {
    const project = await loadProject(process.cwd());
    const model = restrict(project.model, selectedOf(project, options));
    if (options.scrape !== undefined) {
      const service = options.service === undefined ? {} : { service: options.service };
      return await checkScrape({ url: options.scrape, model, locate: project.locate, ...service });
    }
    return await checkProject({ ...project, model }, options);
  } catch (error) {
    if (error instanceof ProblemsError && !(error instanceof UsageError)) return error.problems;
    throw error;
  }
}

async function checkProject(project: Project, options: CheckOptions): Promise<readonly Problem[]> {
  await installTools(toolsFor(options.only), { onProgress: (step) => printNote(progressLine(step)) });
  const artifacts = needArtifacts(options.only) ? await generateAll(project.model) : [];
  const only = options.only && { only: options.only };
  const how = { ...only, onProgress: progress(), remember: options.fresh !== true };
  const when = { today: options.today ?? today(), isPart: options.env !== undefined };
  const { problems, ran } = await runChecks({ ...project, artifacts, ...when }, how);
  if (options.only === undefined) for (const one of leftOut()) printNote(one);
  for (const { title, files, seconds, reused } of ran) {
    const before = reused > 0 ? `, ${reused} of them passed before and are the same` : "";
    printNote(`✔ ${title}: ${files} files in ${seconds.toFixed(1)} s${before}`);
  }
  return problems;
}

/** A line for each check that runs only when it is asked for. */
function leftOut(): string[] {
  return checks.flatMap(({ name, title, onRequest }) =>
    onRequest === undefined ? [] : [`– ${title}: left out, since it ${onRequest}; --only ${name} runs it`],
  );
}

/** On a terminal one line that is overwritten; elsewhere nothing between the results. */
function progress(): (progress: CheckProgress) => void {
  if (process.stderr.isTTY !== true) return () => {};
  return ({ title, text }) =>
    process.stderr.write(`\r\u001b[2K${`${title} ${text}`.slice(0, process.stderr.columns - 1)}\r`);
}
