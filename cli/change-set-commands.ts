import type { Command } from "commander";
import { addReportOptions } from "./report-options.ts";
import { run } from "./run.ts";

const FILE = "YAML that says which repositories change together, and how";

const subcommands = {
  check: {
    does: "does each change apply to its target, and do the checks pass, in the order of needs; pushes nothing; Markdown for linked pull requests",
    example:
      "fairlead change-set check orders.yaml\n  fairlead change-set check orders.yaml --format markdown",
  },
  commit: {
    does: "check, then push all targets or none: whatever refuses, what was pushed is taken back",
    example: "fairlead change-set commit orders.yaml",
  },
  rollback: {
    does: "undo a committed set by a new commit on every target, dependants first, or on none",
    example: "fairlead change-set rollback orders.yaml",
  },
  resume: {
    does: "carry on what a process began that is gone: forward if all repositories had their part, else back",
    example: "fairlead change-set resume orders.yaml",
  },
  status: {
    does: "how far the set is, who works on it, and where each target is",
    example: "fairlead change-set status orders.yaml --format json",
  },
} as const;

export type ChangeSetAction = keyof typeof subcommands;

/** Adds `fairlead change-set check|commit|rollback|resume|status`. */
export function addChangeSetCommands(program: Command): void {
  const changeSet = program
    .command("change-set")
    .description(
      "a change of several Git repositories: checked in the order of needs, committed all or nothing",
    );
  for (const [name, { does, example }] of Object.entries(subcommands)) {
    const subcommand = changeSet
      .command(name)
      .argument("<file>", FILE)
      .description(does)
      .option("--logs <dir>", "folder for what checks say", ".fairlead/change-sets");
    addReportOptions(subcommand)
      .addHelpText(
        "after",
        `\nExit codes: 0 done, 1 it is not committed (or not rolled back), 5 somebody else is at it.\n\nExample:\n  ${example}`,
      )
      .action((file: string, options) =>
        run(async () =>
          (await import("./change-set.ts")).changeSet(name as ChangeSetAction, { ...options, file }),
        ),
      );
  }
}
