import jq from "jq-wasm";
import type { ShellCommand } from "./shell-commands.ts";

/** What jq says is wrong with the program of a command line, or nothing. The program is compiled and not run. */
export async function jqProblem({ args }: ShellCommand): Promise<string | undefined> {
  const { program, variables } = programOf(args);
  if (program === undefined) return undefined;
  const flags = ["-n", ...variables.flatMap((name) => ["--arg", name, ""])];
  try {
    await jq.raw("null", `empty | (\n${program}\n)`, flags);
    return undefined;
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split(/ at <top-level>|\n/);
    return first.replace(/^jq: error: /, "");
  }
}

// How many words follow each of these options (jq's manual, "Invoking jq").
const TAKES: Readonly<Record<string, number>> = {
  "--arg": 2,
  "--argjson": 2,
  "--slurpfile": 2,
  "--rawfile": 2,
  "--indent": 1,
  "-L": 1,
};

function programOf(args: readonly string[]): { program?: string; variables: string[] } {
  const variables: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    // The program is in a file.
    if (word === "-f" || word === "--from-file") return { variables };
    const more = TAKES[word] ?? 0;
    if (more === 2) variables.push(args[i + 1] ?? "");
    if (!word.startsWith("-"))
      return { program: word, variables: [...variables, ...namesAfter(args.slice(i + 1))] };
    i += more;
  }
  return { variables };
}

function namesAfter(args: readonly string[]): string[] {
  return args.flatMap((word, i) => (TAKES[word] === 2 ? [args[i + 1] ?? ""] : []));
}
