import type { Artifact, Model, Origin } from "../model/model.ts";
import type { Locate } from "../model/problems.ts";
import type { Problem } from "../problems/problem.ts";
import type { ToolName } from "../tools/index.ts";
import type { Passed } from "./passed.ts";

/** What is checked: the project as it was loaded, and what the generators made of it. */
export interface CheckInput {
  /** Project root, absolute. */
  root: string;
  model: Model;
  /** What the generators returned; what lies in `generated/` is compared with it by `generate --check`. */
  artifacts: readonly Artifact[];
  /** Warnings of the catalog. One with errors cannot be checked any further: nothing can be generated from it. */
  problems: readonly Problem[];
  /** Finds the place in the sources that something was generated from. */
  locate: Locate;
  /** The day of the check, as in "2026-11-21": what allowances of lints are compared with. */
  today: string;
  /** True where not all environments are looked at. */
  isPart?: boolean;
  /** Ends every running tool and the whole run. */
  signal?: AbortSignal;
}

/** What a check sees, beside the input: its tools, and a folder with all artifacts in it for them to read. */
export interface CheckContext extends CheckInput {
  /** Path of one of the tools that the check needs. */
  tool(name: ToolName): string;
  /** Absolute path of a temporary folder that holds every artifact under its own relative path. */
  workspace(): Promise<string>;
  /** What tools found nothing wrong with before. */
  passed: Passed;
  /** Tells a person how far the check is. */
  progress(text: string): void;
}

/** What a check found, and how many files it looked at. */
export interface Findings {
  problems: Problem[];
  files: number;
}

/** One kind of check; each is a file of this folder. */
export interface Check {
  /** As in `fairlead check --only NAME`. */
  name: string;
  /** For a person: what it proves. */
  title: string;
  /** Outside tools that it runs. */
  needs: readonly ToolName[];
  /** True for a check of what people wrote: it does not look at what is generated from it. */
  catalogOnly?: boolean;
  /** Runs only when it is asked for by name, and why. */
  onRequest?: string;
  run(context: CheckContext): Promise<Findings>;
}

/** A finding about a generated file, as a Problem at the place in the sources that the file was generated from. */
export function problemIn(
  { path, origin }: { path: string; origin: Origin },
  found: { rule: string; message: string; fix?: string; line?: number; column?: number },
  locate: Locate,
): Problem {
  const { rule, message, fix, line, column } = found;
  const location = locate(origin);
  const inFile =
    line === undefined ? path : column === undefined ? `${path}:${line}` : `${path}:${line}:${column}`;
  return {
    rule,
    severity: "error",
    message,
    path: inFile,
    ...(location && { location }),
    ...(fix !== undefined && { fix }),
  };
}
