import { type Command, Option } from "commander";
import { formatNames } from "../delivery/evidence/formats/names.ts";
import { httpUrl, time } from "./argument-types.ts";
import { addReportOptions } from "./report-options.ts";
import { run } from "./run.ts";

const folder = () => new Option("--evidence <dir>", "folder of evidence").default(".fairlead/evidence");
const release = () =>
  new Option("--release <release>", "which release: a version, or the digest of what is released");

/** Adds `fairlead gate`, `fairlead canary` and `fairlead evidence add|run|changes`. */
export function addGateCommands(program: Command): void {
  addGate(program);
  addCanary(program);
  addEvidence(program);
}

function addCanary(program: Command): void {
  const canary = program
    .command("canary")
    .argument("<file>", "what was measured of canary and baseline at a step: YAML or JSON")
    .description("does a canary go on, wait, or go back: judges what was measured beside a baseline");
  addReportOptions(canary)
    .addHelpText(
      "after",
      "\nExit codes: 0 continue, 1 roll back, 3 hold.\n\nExample:\n  fairlead canary step-10.yaml\n  fairlead canary step-10.json --format json",
    )
    .action((file: string, options) => run(async () => (await import("./canary.ts")).canary(file, options)));
}

function addGate(program: Command): void {
  const gate = program
    .command("gate")
    .argument("<gate>", "NAME or PLATFORM/NAME")
    .description(
      "may a release enter an environment, and why: collects evidence, judges it, records the decision",
    )
    .requiredOption("--env <name>", "the environment that the release is to enter")
    .addOption(release())
    .addOption(folder())
    .addOption(
      new Option(
        "--prometheus <url>",
        "the Prometheus to ask, if not that of the environment's links",
      ).argParser(httpUrl),
    )
    .addOption(
      new Option("--at <time>", "judge as of this time, e.g. 2026-03-01T03:00:00Z; default: now").argParser(
        time,
      ),
    )
    .option(
      "--override <file>",
      "why it may pass although the gate says no: YAML with by, role, reason, until",
    )
    .addOption(new Option("--records <dir>", "folder of the decisions").default(".fairlead/decisions"));
  addReportOptions(gate)
    .addHelpText(
      "after",
      "\nExit codes: 0 the release may go on, 1 fail, 3 inconclusive, 6 only approvals are missing.\n" +
        "\nExample:\n  fairlead gate weathervane/latency-and-errors --env prod --release 1.4.0\n  fairlead gate release --env staging --prometheus http://127.0.0.1:9090 --format markdown",
    )
    .action((name: string, options) => run(async () => (await import("./gate.ts")).gate(name, options)));
}

function addEvidence(program: Command): void {
  const evidence = program
    .command("evidence")
    .description("what gates judge by: files of tools, with origin and digest");
  evidence
    .command("add")
    .argument("<format>", `what the file is: ${formatNames.join(", ")}`)
    .argument("<file>", "the file, as its tool wrote it")
    .description("put a tool's file among the evidence")
    .requiredOption("--origin <who>", "who measured: a tool with its version")
    .addOption(release())
    .addOption(
      new Option(
        "--at <time>",
        "until when was measured, e.g. 2026-03-01T03:00:00Z; default: when the file was written",
      ).argParser(time),
    )
    .addOption(folder())
    .addHelpText(
      "after",
      '\nExample:\n  fairlead evidence add lcov coverage/lcov.info --origin "vitest 4" --release 1.4.0',
    )
    .action((format: string, file: string, options) =>
      run(async () => (await import("./evidence.ts")).addEvidence(format, { ...options, file })),
    );
  addEvidenceRun(evidence);
  evidence
    .command("changes")
    .argument("<base>", "the Git revision that is released now")
    .description(
      "put what HEAD changes since a revision among the evidence: files, lines, and how often they changed before",
    )
    .addOption(release())
    .addOption(folder())
    .addHelpText("after", "\nExample:\n  fairlead evidence changes v1.3.0 --release 1.4.0")
    .action((base: string, options) =>
      run(async () => (await import("./evidence.ts")).addChanges(base, options)),
    );
}

function addEvidenceRun(evidence: Command): void {
  evidence
    .command("run")
    .argument("<id>", "the run's id, or how it begins, as `fairlead load` says when it ends")
    .description("put a run of `fairlead load` among the evidence")
    .addOption(release())
    .addOption(new Option("--runs <dir>", "folder of the runs' records").default(".fairlead/runs"))
    .addOption(folder())
    .addHelpText("after", "\nExample:\n  fairlead evidence run 5509fe79bd6a --release 1.4.0")
    .action((id: string, options) => run(async () => (await import("./evidence.ts")).addRun(id, options)));
}
