import { join } from "node:path";
import type { Platform } from "../model/model.ts";
import type { Problem } from "../problems/problem.ts";
import { type Check, problemIn } from "./check.ts";
import { filesOf, type GeneratedFile } from "./generated-files.ts";
import { decoded } from "./html-text.ts";
import { jqProblem } from "./jq-programs.ts";
import { KubectlArguments } from "./kubectl-arguments.ts";
import { commandsIn, type ShellCommand } from "./shell-commands.ts";
import { twoAtATime } from "./two-at-a-time.ts";

const rule = "check/runbook-command";

/** Every command of a runbook can be pasted: the shell reads it, kubectl knows its arguments, jq compiles its program. */
export const runbooks: Check = {
  name: "runbooks",
  title: "Commands of runbooks (shell syntax, kubectl, jq)",
  needs: ["kubectl"],
  async run(context) {
    const { model, locate } = context;
    const pages = filesOf("runbooks", context.artifacts).filter((file) => file.path.endsWith(".html"));
    const contexts = model.platforms.flatMap((p) => p.environments.map((environment) => environment.context));
    const home = join(await context.workspace(), "kubectl-home");
    const kubectl = await KubectlArguments.open(context.tool("kubectl"), home, [...new Set(contexts)]);
    const shells = byShell(pages);
    context.progress(`${shells.size} commands`);
    const names = namesOf(model.platforms);
    const found = await twoAtATime([...shells], async ([shell, files]) => {
      const wrong = await wrongIn(shell, { kubectl, names });
      return wrong.flatMap((message) =>
        files.map((file): Problem => problemIn(file, { rule, message, fix: FIX }, locate)),
      );
    });
    return { problems: found.flat(), files: pages.length };
  },
};

const FIX = "mend the command in the catalog's runbook; try it as it stands on the page";

/** Every piece of shell, and the pages that show it. */
function byShell(pages: readonly GeneratedFile[]): Map<string, GeneratedFile[]> {
  const found = new Map<string, GeneratedFile[]>();
  for (const page of pages)
    for (const [, html = ""] of page.content.matchAll(/<code class="language-sh">([^<]*)<\/code>/g)) {
      const shell = decoded(html);
      found.set(shell, [...(found.get(shell) ?? []), page]);
    }
  return found;
}

async function wrongIn(
  shell: string,
  { kubectl, names }: { kubectl: KubectlArguments; names: ReadonlySet<string> },
): Promise<string[]> {
  const { commands, error } = commandsIn(shell);
  const quoted = (name: string) => `"${shell.split("\n").find((line) => line.includes(name)) ?? shell}"`;
  if (error !== undefined) return [`the shell cannot read ${quoted("")}: ${error}`];
  const wrong: string[] = [];
  for (const command of commands) {
    const problem =
      command.name === "kubectl"
        ? await kubectl.problem(alike(command, names))
        : command.name === "jq"
          ? await jqProblem(command)
          : undefined;
    if (problem !== undefined) wrong.push(`${command.name} refuses ${quoted(command.name)}: ${problem}`);
  }
  return wrong;
}

/** Names that stand for themselves in a command line: kubectl is asked once for all commands that differ in nothing else. */
function namesOf(platforms: readonly Platform[]): Set<string> {
  return new Set(
    platforms.flatMap((platform) => [
      ...platform.services.map((service) => service.name),
      ...platform.volumes.flatMap((volume) => [volume.name, volume.claim]),
      ...platform.services.flatMap((service) =>
        Object.values(service.secrets).map((reference) => reference.secret),
      ),
    ]),
  );
}

/** The command line with names of the catalog, and what runs inside of a pod, made the same. */
function alike({ name, args, input }: ShellCommand, names: ReadonlySet<string>): ShellCommand {
  const end = args.indexOf("--");
  const own = end < 0 ? args : [...args.slice(0, end), "--", "true"];
  const same = own.map((word) =>
    word
      // What the reader fills in may be a name or a number.
      .replace(/(?<=^|[/=])[A-Z][A-Z_]+$/, "1")
      .replace(/(?<=^|[/=])[a-z0-9-]+$/, (tail) => (names.has(tail) ? "x" : tail)),
  );
  return { name, args: same, ...(input !== undefined && { input }) };
}
