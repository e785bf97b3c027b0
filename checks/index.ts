import { performance } from "node:perf_hooks";
import type { Problem } from "../problems/problem.ts";
import { findTool, ToolMissingError, type ToolName } from "../tools/index.ts";
import { alertmanager } from "./alertmanager.ts";
import { catalog } from "./catalog.ts";
import type { Check, CheckInput } from "./check.ts";
import { checkov } from "./checkov.ts";
import { cluster } from "./cluster.ts";
import { kubeScore } from "./kube-score.ts";
import { links } from "./links.ts";
import { lints } from "./lints.ts";
import { loadTests } from "./load-tests.ts";
import { oneProblemEach } from "./one-problem-each.ts";
import { output } from "./output.ts";
import { panels } from "./panels.ts";
import { nothingPassed, openPassed, type Passed } from "./passed.ts";
import { policies } from "./policies.ts";
import { ruleTests } from "./rule-tests.ts";
import { rules } from "./rules.ts";
import { runbooks } from "./runbooks.ts";
import { schemas } from "./schemas.ts";
import { terraform } from "./terraform.ts";
import { openWorkspace } from "./workspace.ts";

export type { CheckInput } from "./check.ts";

// In the order in which they run: those that need no outside tool first, the slowest last.
const all: readonly Check[] = [
  catalog,
  lints,
  policies,
  schemas,
  output,
  links,
  rules,
  alertmanager,
  runbooks,
  panels,
  loadTests,
  kubeScore,
  terraform,
  ruleTests,
  checkov,
  cluster,
];

/** Every check in the order in which they run: its name, as `--only` takes it, what it proves, the tools that it runs. */
export const checks: readonly Pick<Check, "name" | "title" | "needs" | "onRequest">[] = all;

/** How far a run is. */
export interface CheckProgress {
  check: string;
  title: string;
  /** "3 of 12 stacks"; empty when the check begins. */
  text: string;
}

export interface CheckOptions {
  /** Names of checks; all but those on request unless told. */
  only?: readonly string[];
  onProgress?: (progress: CheckProgress) => void;
  /** Leave out what passed before: the same files, the same tools, the same Fairlead. */
  remember?: boolean;
}

/** A check that ran to its end. */
export interface RanCheck {
  name: string;
  title: string;
  seconds: number;
  files: number;
  /** How many of the files had passed before and were not looked at again. */
  reused: number;
}

export interface CheckReport {
  problems: Problem[];
  ran: RanCheck[];
}

/** The outside tools that some checks, or all of them, run; in the order of their first use. */
export function toolsFor(only?: readonly string[]): ToolName[] {
  return [...new Set(selected(only).flatMap((check) => check.needs))];
}

/** Whether some checks, or all of them, look at what is generated. */
export function needArtifacts(only?: readonly string[]): boolean {
  return selected(only).some((check) => check.catalogOnly !== true);
}

/**
 * Runs checks one after the other and reports all that they find. Throws a ToolMissingError, before anything runs, that
 * names every tool that is missing, and the signal's reason when that ends the run.
 */
export async function runChecks(input: CheckInput, options: CheckOptions = {}): Promise<CheckReport> {
  const chosen = selected(options.only);
  const paths = await findTools(toolsFor(options.only));
  const marks = options.remember ? await openPassed() : undefined;
  const workspace = openWorkspace(input.artifacts);
  const problems: Problem[] = [];
  const ran: RanCheck[] = [];
  try {
    for (const check of chosen) {
      input.signal?.throwIfAborted();
      const { name, title } = check;
      const progress = (text: string) => options.onProgress?.({ check: name, title, text });
      progress("");
      const started = performance.now();
      const tool = (needed: ToolName) => pathOf(needed, paths);
      const passed = counted((await marks?.of(name, check.needs.map(tool))) ?? nothingPassed);
      const context = { ...input, progress, workspace: workspace.folder, tool, passed };
      const found = await check.run(context);
      problems.push(...found.problems);
      ran.push({
        name,
        title,
        seconds: (performance.now() - started) / 1000,
        files: found.files,
        reused: passed.known,
      });
    }
  } finally {
    await workspace.close();
  }
  return { problems: oneProblemEach(problems), ran };
}

/** The same marks, with how many of those that were asked for are there. */
function counted({ has, add }: Passed): Passed & { known: number } {
  return {
    known: 0,
    add,
    has(inputs) {
      const is = has(inputs);
      if (is) this.known += 1;
      return is;
    },
  };
}

function selected(only: readonly string[] | undefined): readonly Check[] {
  const unknown = only?.find((name) => !all.some((check) => check.name === name));
  if (unknown !== undefined) throw new Error(`there is no check "${unknown}"`);
  return all.filter(({ name, onRequest }) => (only ? only.includes(name) : onRequest === undefined));
}

async function findTools(names: readonly ToolName[]): Promise<Map<ToolName, string>> {
  const found = await Promise.all(names.map((name) => findTool(name)));
  const missing = found.filter((tool) => tool.where === "missing");
  if (missing.length > 0) throw new ToolMissingError(missing);
  return new Map(
    found.flatMap((tool) => (tool.where === "missing" ? [] : [[tool.name, tool.path] as const])),
  );
}

function pathOf(name: ToolName, paths: ReadonlyMap<ToolName, string>): string {
  const path = paths.get(name);
  if (path === undefined) throw new Error(`a check runs ${name} and does not say so in "needs"`);
  return path;
}
