import { type Command, Option } from "commander";
import { collect } from "./argument-types.ts";
import { addReportOptions } from "./report-options.ts";
import { run } from "./run.ts";

/** Adds `fairlead policy test|diff|replay`. */
export function addPolicyCommands(program: Command, { platform }: { platform: () => Option }): void {
  const policy = program
    .command("policy")
    .description(
      "what gate policies mean: their cases, what a change of them says, and what it does to past decisions",
    );

  addTest(policy, platform());
  addDiff(policy, platform());
  addReplay(policy, platform());
}

function addTest(policy: Command, platform: Option): void {
  const test = policy
    .command("test")
    .description(
      "judge the cases beside each policy; every criterion must decide in one by holding, and in one by not holding",
    )
    .addOption(platform);
  addReportOptions(test)
    .addHelpText(
      "after",
      "\nExample:\n  fairlead policy test --platform weathervane\n  fairlead policy test --format github",
    )
    .action((options) => run(async () => (await import("./policy-test.ts")).policyTest(options)));
}

function addDiff(policy: Command, platform: Option): void {
  const diff = policy
    .command("diff")
    .argument("<base>", "a Git revision, or a folder with a project as it was")
    .description(
      "what gates ask more or less of than before, and who has to agree; exit 6 while one of them has not",
    )
    .addOption(
      new Option("--approved-by <role>", "a role that has agreed; can be given again").argParser(collect),
    )
    .addOption(platform);
  addReportOptions(diff)
    .addHelpText(
      "after",
      '\nExample:\n  fairlead policy diff main\n  fairlead policy diff main --approved-by release-manager --approved-by "team weathervane"',
    )
    .action((base: string, options) =>
      run(async () => (await import("./policy-diff.ts")).policyDiff(base, options)),
    );
}

function addReplay(policy: Command, platform: Option): void {
  const replay = policy
    .command("replay")
    .description(
      "judge recorded decisions under the policies as they are now: what flips, and what may go on that stopped",
    )
    .option("--records <dir>", "folder of the records", ".fairlead/decisions")
    .option("--explained <file>", "YAML with reasons why single decisions may go on now")
    .addOption(platform);
  addReportOptions(replay)
    .addHelpText(
      "after",
      "\nExample:\n  fairlead policy replay --records decisions\n  fairlead policy replay --explained policies/explained.yaml --format github",
    )
    .action((options) => run(async () => (await import("./policy-replay.ts")).policyReplay(options)));
}
