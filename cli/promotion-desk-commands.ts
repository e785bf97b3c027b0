import { type Command, Option } from "commander";
import { reason } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

const environment = ["--env <name>", "the environment"] as const;
const platform = ["--platform <name>", "the platform; not needed where there is one"] as const;
const RELEASE = "a release's digest, or the begin of it";

/** Adds `fairlead why-not`, `approve`, `releases`, `history`, `hold` and `let-go`. */
export function addPromotionDeskCommands(program: Command): void {
  addWhyNot(program);
  addApprove(program);
  addLooks(program);
  addHold(program);
}

function addWhyNot(program: Command): void {
  program
    .command("why-not")
    .argument("<release>", RELEASE)
    .description(
      "may a release enter an environment, and why not: all that is asked, with the way out of each",
    )
    .requiredOption(...environment)
    .option(...platform)
    .option("--as <kid>", "as if this key of approvers.json asked; default: yours")
    .addOption(formatOption("text", "json", "markdown"))
    .addHelpText(
      "after",
      "\nExit codes: 0 it may, 1 something is not met, 3 something is not known, 5 another promotion is under way, 6 only approvals are missing.\n" +
        "\nExample:\n  fairlead why-not 4f0c21ab93de --env prod --platform weathervane",
    )
    .action((release: string, options) =>
      run(async () => (await import("./why-not.ts")).whyNot(release, options)),
    );
}

function addApprove(program: Command): void {
  program
    .command("approve")
    .argument("<release>", RELEASE)
    .description("sign that a release may enter an environment, and put that into the ledger")
    .requiredOption(...environment)
    .option("--role <role>", "the role in which you approve; not needed where you have one that is asked for")
    .option("--for <duration>", "how long it counts, 7d at most", "24h")
    .addOption(
      new Option(
        "--override <reason>",
        "sign instead that it enters against what is asked, in an emergency: in the role that the catalog names",
      )
        .argParser(reason)
        .conflicts("file"),
    )
    .addOption(
      new Option("--file <file>", "hand in one that was signed elsewhere").conflicts(["role", "out"]),
    )
    .option("--out <file>", "sign into a file, for somebody else to hand in")
    .option("--yes", "without being asked; needed where there is no terminal")
    .option(...platform)
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      '\nExample:\n  fairlead approve 4f0c21ab93de --env prod --role security --for 24h\n  fairlead approve 4f0c21ab93de --env prod --override "customers cannot pay" --for 2h --yes\n  fairlead approve 4f0c21ab93de --env prod --file approval.jws --yes',
    )
    .action((release: string, options) =>
      run(async () => (await import("./approve.ts")).approve(release, options)),
    );
}

function addLooks(program: Command): void {
  program
    .command("releases")
    .description("which release runs where, since when, and what the next one waits for, on one screen")
    .option(...platform)
    .addOption(formatOption("text", "json"))
    .addHelpText("after", "\nExample:\n  fairlead releases --platform weathervane")
    .action((options) => run(async () => (await import("./releases.ts")).releases(options)));
  program
    .command("history")
    .argument("[promotion]", "the id of one, or the begin of it: its report, in Markdown, for a change board")
    .description("the promotions there were: who, when, why, how they ended and how long they took")
    .option("--env <name>", "only of this environment")
    .option("--release <release>", "only of this release: its digest, or the begin of it")
    .option(...platform)
    .addOption(formatOption("text", "json", "markdown"))
    .addHelpText(
      "after",
      "\nExample:\n  fairlead history --platform weathervane --env prod --format markdown\n  fairlead history 5f0c8d7e > change.md",
    )
    .action((promotion: string | undefined, options) =>
      run(async () => (await import("./releases.ts")).history(promotion, options)),
    );
}

function addHold(program: Command): void {
  for (const [name, description] of [
    ["hold", "let nothing enter an environment until it is let go; the way back stays open"],
    ["let-go", "let releases enter an environment again that was held"],
  ] as const)
    program
      .command(name)
      .description(description)
      .requiredOption(...environment)
      .requiredOption("--because <reason>", "why; it is recorded", reason)
      .option(...platform)
      .addHelpText("after", `\nExample:\n  fairlead ${name} --env prod --because "stocktaking until Friday"`)
      .action((options) => run(async () => (await import("./hold.ts")).hold(name, options)));
}
