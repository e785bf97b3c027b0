/** How much a Problem matters: errors stop the run, warnings and infos are only shown. */
export type Severity = "error" | "warning" | "info";

/** A place in a source file; line and column count from 1. */
export interface Location {
  /** Path relative to the project root, with forward slashes. */
  file: string;
  line: number;
  column: number;
  /** False when the value was computed, so that this is only the nearest place that could be found. */
  exact: boolean;
}

/** One thing that is wrong, where, and how to mend it. Every step reports its findings in this shape. */
export interface Problem {
  /** `area/kebab-case`; its page is `docs/rules/<rule>.md`. */
  rule: string;
  severity: Severity;
  /** One sentence: what is wrong, with the offending value. */
  message: string;
  /** Where, for a person: a path inside the catalog, such as `slos.availability.objective`. */
  path?: string;
  location?: Location;
  /** One sentence that says what to write instead. */
  fix?: string;
}

/** Thrown when a step cannot go on; carries every Problem that was found, never only the first. */
export class ProblemsError extends Error {
  override readonly name: string = "ProblemsError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((p) => `${p.rule}: ${p.message}`).join("\n"));
    this.problems = problems;
  }
}

/** Thrown when a command is asked for something that does not exist: the catalog may be right, the command line is not. */
export class UsageError extends ProblemsError {
  override readonly name = "UsageError";
}
