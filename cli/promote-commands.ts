import { type Command, Option } from "commander";
import { httpUrl, reason } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

const platform = () => new Option("--platform <name>", "the platform; not needed where there is one");
const context = () =>
  new Option(
    "--confirm-context <name>",
    "the kubeconfig context that you mean; asked for in production where the stacks are applied",
  );
const timeout = () =>
  new Option(
    "--timeout <duration>",
    "how long is waited: to be let in, for each share of a canary, for alerts to be told of",
  ).default("30m");

const orchestrator = () =>
  new Option(
    "--orchestrator <url>",
    "with --flag: where the flag is set; a token is in FAIRLEAD_ORCHESTRATOR_TOKEN",
  ).argParser(httpUrl);

/** Adds `fairlead promote` and `fairlead rollback`. */
export function addPromoteCommands(program: Command): void {
  addPromote(program);
  addRollback(program);
}

function addPromote(program: Command): void {
  const promote = program
    .command("promote")
    .argument("[release]", "its digest, or the begin of it")
    .description(
      "bring a release into an environment, if it may enter; what fails there is taken back by itself, and the environment held",
    )
    .requiredOption("--env <name>", "the environment")
    .addOption(platform())
    .option("--wait", "look again and again until it may enter, as long as --timeout says")
    .addOption(timeout())
    .option("--dry-run", "write nothing: say whether it may enter, and what would be done");
  for (const option of ends()) promote.addOption(option);
  promote
    .addOption(context())
    .option("--flag <name>", "bring it in by the steps of this flag, too")
    .addOption(orchestrator())
    .option(
      "--measure <program>",
      "with --flag: prints what is measured of a share, as fairlead canary reads it",
    )
    .option("--observe <duration>", "with --flag: how long each share is watched before it is judged", "10m")
    .addOption(formatOption("text", "json"))
    .addHelpText("after", PROMOTE_HELP)
    .action((release: string | undefined, options) =>
      run(async () => (await import("./promote.ts")).promote(release, options)),
    );
}

/** What is done with the promotion that is under way, instead of beginning one. */
function ends(): Option[] {
  const resume = "go on with the promotion that is under way, whose process is gone";
  const abort =
    "end the promotion that is under way, your own or one whose holder is gone, and take back what it changed";
  return [
    new Option("--resume", resume).conflicts(["wait", "dryRun", "abort"]),
    new Option("--abort", abort).conflicts(["wait", "dryRun"]),
  ];
}

const PROMOTE_HELP =
  "\nExits 0 once it is promoted; 1 where it was refused or taken back, 3 where that could not be told, 5 while another is under way, 6 where only approvals are missing.\n" +
  "\nExample:\n  fairlead promote 4f0c21ab93de --env staging --wait --timeout 2h\n  fairlead promote 4f0c21ab93de --env prod --platform shop --dry-run\n  fairlead promote --env staging --resume";

function addRollback(program: Command): void {
  program
    .command("rollback")
    .description(
      "bring back the last release that was verified in an environment, and hold the environment; takes over what is under way there",
    )
    .requiredOption("--env <name>", "the environment")
    .requiredOption("--because <reason>", "why; the ledger has it", reason)
    .option("--to <release>", "another release that was verified there, by its digest or the begin of it")
    .addOption(platform())
    .addOption(timeout())
    .addOption(context())
    .addOption(new Option("--flag <name>", "also takes this flag back to its stable variant, first of all"))
    .addOption(orchestrator())
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      "\nNeither Prometheus nor a gate nor a freeze is asked.\n" +
        "\nExample:\n  fairlead rollback --env prod --platform shop --because 'orders are lost since 14:10'\n  fairlead rollback --env prod --to 4f0c21ab93de --because 'the one before has the fault too'",
    )
    .action((options) => run(async () => (await import("./rollback.ts")).rollback(options)));
}
