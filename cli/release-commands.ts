import { type Command, InvalidArgumentError, Option } from "commander";
import { hotfixReason } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

const platform = ["--platform <name>", "the platform; not needed where there is one"] as const;

/** Adds `fairlead release create`, `show` and `list`. */
export function addReleaseCommands(program: Command): void {
  const release = program
    .command("release")
    .description("what is promoted: images with their digests, a commit, catalog and policies");
  addCreate(release);
  release
    .command("show")
    .argument("<digest>", "a release's digest, or the begin of it")
    .description("what a release is made of, who made it and when")
    .option(...platform)
    .addOption(formatOption("text", "json"))
    .addHelpText("after", "\nExample:\n  fairlead release show 3f9a1c0b2d44")
    .action((digest: string, options) =>
      run(async () => (await import("./release.ts")).show(digest, options)),
    );
  release
    .command("list")
    .description("all releases, newest first")
    .option(...platform)
    .addOption(formatOption("text", "json"))
    .addHelpText("after", "\nExample:\n  fairlead release list --platform weathervane")
    .action((options) => run(async () => (await import("./release.ts")).list(options)));
}

function addCreate(release: Command): void {
  release
    .command("create")
    .description("make a release and record it in the ledger; the same content is the same release")
    .addOption(
      new Option(
        "--image <service=image>",
        "the image of a service, NAME@sha256:DIGEST; can be given again. Services that are not named stay as in the newest release",
      )
        .argParser(imageOf)
        .default({}, "those of the newest release"),
    )
    .requiredOption("--commit <sha>", "the commit that it is made of: the one checked out, or one before it")
    .option("--hotfix <reason>", "it mends what is broken, and goes the way of hotfixes", hotfixReason)
    .option(...platform)
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      "\nExample:\n  fairlead release create --commit HEAD --image api=ghcr.io/example/api@sha256:DIGEST",
    )
    .action((options) => run(async () => (await import("./release.ts")).create(options)));
}

function imageOf(text: string, before: Record<string, string>): Record<string, string> {
  const [service = "", ...image] = text.split("=");
  if (service === "" || image.length === 0)
    throw new InvalidArgumentError("It must be SERVICE=NAME@sha256:DIGEST.");
  if (Object.hasOwn(before, service)) throw new InvalidArgumentError(`${service} has an image already.`);
  return { ...before, [service]: image.join("=") };
}
