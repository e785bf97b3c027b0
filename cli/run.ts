import type { Problem } from "../problems/problem.ts";
import { ProblemsError, UsageError } from "../problems/problem.ts";
import { exitCodes } from "./exit-codes.ts";
import { printNote, wantsColor } from "./terminal.ts";

/** Runs a command and turns whatever it throws into words and an exit code; never shows a stack for a user's mistake. */
export async function run(command: () => Promise<number>): Promise<void> {
  // Once: who asks a second time does not have to wait.
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode = await reportFailure(error);
  }
}

const endings: (() => void)[] = [];

function interrupt(): void {
  // Outside tools end with this process, and so do the folders made for them.
  if (endings.length === 0) process.exit(exitCodes.interrupted);
  for (const end of endings) end();
}

/** Lets a command that has something to finish do so when it is interrupted; a command that runs others is told beside them. */
export function onInterrupt(end: () => void): void {
  endings.push(end);
}

const LOCKS = new Set([
  "lab/locked",
  "plan/locked",
  "change-set/held",
  "promotion/locked",
  "promotion/taken-over",
]);

/** What problems that ended a command come to as its exit code. */
export function exitCodeOf(error: ProblemsError): number {
  if (error.problems.some(({ rule }) => LOCKS.has(rule))) return exitCodes.lockHeld;
  return error instanceof UsageError ? exitCodes.usage : exitCodes.problems;
}

/** Says in words what went wrong; returns the exit code for it. */
export async function reportFailure(error: unknown): Promise<number> {
  if (error instanceof ProblemsError) {
    await printProblems(error.problems);
    return exitCodeOf(error);
  }
  const { ToolMissingError } = await import("../tools/missing.ts");
  if (error instanceof ToolMissingError) {
    await printProblems(error.problems);
    return exitCodes.toolMissing;
  }
  if ((error as NodeJS.ErrnoException)?.code === "ENOSPC") {
    await printProblems([diskFull(error as NodeJS.ErrnoException)]);
    return exitCodes.problems;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  printNote(`fairlead has a bug; please report it with this:\n${text}`);
  return exitCodes.bug;
}

function diskFull({ path, syscall = "write" }: NodeJS.ErrnoException): Problem {
  const where =
    path === undefined ? `nothing more could be written (${syscall})` : `${path} could not be written`;
  return {
    rule: "lab/disk-full",
    severity: "error",
    message: `${where}: the disk is full`,
    fix: "make room",
  };
}

/** Problems as text on stderr. */
export async function printProblems(problems: readonly Problem[]): Promise<void> {
  const { formatProblems } = await import("../problems/format.ts");
  if (problems.length > 0) printNote(formatProblems(problems, { color: wantsColor(process.stderr) }));
}
