import { type Command, Option } from "commander";
import { collect } from "./argument-types.ts";
import { addReportOptions } from "./report-options.ts";
import { run } from "./run.ts";

/** Adds `fairlead verify` and `fairlead key`. */
export function addSigningCommands(program: Command): void {
  addVerify(program);
  addKey(program);
}

function addVerify(program: Command): void {
  const verify = program
    .command("verify")
    .description(
      "is each ledger what was written: every record, their order, who signed, the end, the attestations",
    )
    .addOption(
      new Option("--platform <name>", "only the ledger of this platform; can be given again").argParser(
        collect,
      ),
    )
    .option("--head <digest>", "a head that was seen elsewhere: the ledger of --platform must hold it");
  addReportOptions(verify)
    .addHelpText(
      "after",
      "\nExit codes: 0 whole, 1 not as it was written; the first bad record is named.\n\nExample:\n  fairlead verify\n  fairlead verify --platform weathervane --head sha256:9f86d081… --format json",
    )
    .action((options) => run(async () => (await import("./verify.ts")).verify(options)));
}

function addKey(program: Command): void {
  program
    .command("key")
    .argument("[name]", "whom the key names in approvers.json: a person or a machine")
    .description(
      "make a key pair to sign with, and print its entry for approvers.json; the private key stays here",
    )
    .option("--show", "make nothing: print the entry of the key that is here")
    .addOption(
      new Option("--role <role>", "a role to put into the entry; can be given again").argParser(collect),
    )
    .addHelpText(
      "after",
      "\nThe private key goes into the file that FAIRLEAD_KEY names, or into your folder of settings.\n\nExample:\n  fairlead key ann --role production-authority\n  FAIRLEAD_KEY=./promoter.pem fairlead key ci --role promoter",
    )
    .action((name: string | undefined, options) =>
      run(async () => (await import("./key.ts")).key(name, options)),
    );
}
