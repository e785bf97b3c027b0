import { Argument, type Command, Option } from "commander";
import { atLeastOne, minutes } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

type LabAction = "up" | "status" | "down" | "fault" | "drill";

/** Adds `fairlead lab`. */
export const addLabCommand = (program: Command) =>
  program
    .command("lab")
    .addArgument(
      new Argument(
        "<action>",
        "start a lab, look at it, end all of it; do a fault to it, or all of them",
      ).choices(["up", "status", "down", "fault", "drill"] as const),
    )
    .argument("[fault]", "with fault: which one; without a name, all are listed")
    .description(
      "the platform's processes on this machine: orchestrators, PostgreSQL, Prometheus, Alertmanager, receivers",
    )
    .option("--platform <name>", "the platform that the orchestrators stand for")
    .option("--name <name>", "name of the lab; the platform's unless told, so that several run side by side")
    .addOption(
      new Option("--replicas <number>", "orchestrators that share the work").argParser(atLeastOne).default(1),
    )
    .option("--heal", "with fault: end it")
    .option("--only <fault...>", "with drill: only these")
    .addOption(
      new Option("--times <number>", "with drill: how often those are done whose alerts come and go")
        .argParser(atLeastOne)
        .default(1),
    )
    .addOption(
      new Option("--quiet-minutes <number>", "with drill: minutes without a fault before")
        .argParser(minutes)
        .default(0),
    )
    .option("--report <file>", "with drill: write the result there, as a page of Markdown")
    .addOption(formatOption("text", "json"))
    .option("--json", "the same as --format json")
    .addHelpText(
      "after",
      "\nExample:\n  fairlead lab up --platform weathervane\n  fairlead lab status\n  fairlead lab drill --only provider-down mcp-hang\n  fairlead lab down",
    )
    .action((action: LabAction, fault: string | undefined, { json, ...given }) => {
      const options = json ? { ...given, format: "json" } : given;
      return run(async () =>
        action === "fault" || action === "drill"
          ? (await import("./lab-drill.ts")).labDrill(action, { ...options, fault })
          : (await import("./lab.ts")).lab(action, options),
      );
    });
