#!/usr/bin/env node
// Parses, calls, prints. Each command's code is loaded only when it runs: `--help` must answer at once.
import { Argument, Command, Option } from "commander";
import { packageVersion } from "../package-root.ts";
import { collect, httpUrl, time } from "./argument-types.ts";
import { addChangeSetCommands } from "./change-set-commands.ts";
import { dayOf } from "./day.ts";
import { exitCodes } from "./exit-codes.ts";
import { addGateCommands } from "./gate-commands.ts";
import { addLabCommand } from "./lab-command.ts";
import { addLoad, addTour } from "./load-commands.ts";
import { addPlanCommands } from "./plan-commands.ts";
import { addPolicyCommands } from "./policy-commands.ts";
import { addPromoteCommands } from "./promote-commands.ts";
import { addPromotionDeskCommands } from "./promotion-desk-commands.ts";
import { addReleaseCommands } from "./release-commands.ts";
import { addReportOptions, formatOption } from "./report-options.ts";
import { run } from "./run.ts";
import { addSigningCommands } from "./signing-commands.ts";

const platform = () =>
  new Option("--platform <name>", "only this platform; can be given again").argParser(collect);
const environment = () =>
  new Option("--env <name>", "only this environment; can be given again").argParser(collect);

const program = new Command("fairlead")
  .description("Describe a platform once; generate, check, exercise and promote everything production needs.")
  .version(packageVersion())
  .showHelpAfterError("(fairlead --help shows the commands)")
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride();

program
  .command("init")
  .argument("<dir>", "folder of the new project; made if it does not exist")
  .description("begin a project: one service with an SLO, an alert and a gate, ready to generate and check")
  .addOption(
    new Option("--ci <server>", "whose workflows to write").choices(["github", "gitlab"]).default("github"),
  )
  .option("--promotion", "also how releases come into production: soak, gate, approvals, a freeze")
  .addHelpText(
    "after",
    "\nExample:\n  fairlead init my-platform && cd my-platform && npm install && npx fairlead generate\n  fairlead init my-platform --promotion --ci gitlab",
  )
  .action((dir: string, options) => run(async () => (await import("./init.ts")).init(dir, options)));

program
  .command("generate")
  .description("write generated/ from the catalog")
  .option("--check", "write nothing; say which files differ and why, and exit 1 if any does")
  .addOption(
    new Option(
      "--watch",
      "stay, and write again whatever a change of catalog, policies or lock files changes",
    ).conflicts(["check", "format", "manifests"]),
  )
  .option(
    "--manifests",
    "also plain Kubernetes manifests of every environment, with what Argo CD and Flux are given where its gitops names them",
  )
  .addOption(platform())
  .addOption(environment())
  .addOption(formatOption("text", "json"))
  .addHelpText(
    "after",
    "\nExample:\n  fairlead generate --platform weathervane --env prod\n  fairlead generate --check\n  fairlead generate --watch\n  fairlead generate --manifests --env staging",
  )
  .action((options) =>
    run(async () =>
      options.watch
        ? (await import("./watch.ts")).watch(options)
        : (await import("./generate.ts")).generate(options),
    ),
  );

const check = program
  .command("check")
  .description("prove catalog, policies and generated files by schemas and by the real tools")
  .addOption(new Option("--only <kind>", "only this kind of check; can be given again").argParser(collect))
  .addOption(platform())
  .addOption(environment())
  .addOption(
    new Option("--scrape <url>", "instead: compare a live service's metrics with those declared").conflicts(
      "only",
    ),
  )
  .addOption(new Option("--service <name>", "the service that --scrape reads"))
  .addOption(
    new Option("--fail-on <severity>", "least severity that fails")
      .choices(["error", "warning", "info"])
      .default("error"),
  )
  .addOption(
    new Option(
      "--today <day>",
      "the day that allowances of lints are compared with; today unless told",
    ).argParser(dayOf),
  )
  .option("--fresh", "run every tool again, also on files that passed before and are the same");
addReportOptions(check)
  .addHelpText(
    "after",
    "\nExample:\n  fairlead check --only policies --only catalog\n  fairlead check --format github --report sarif=fairlead.sarif\n  fairlead check --scrape http://127.0.0.1:8080/metrics --platform shop --service api",
  )
  .action((options) => run(async () => (await import("./check.ts")).check(options)));

program
  .command("explain")
  .argument("<id>", "an SLO, alert, gate, metric, service, panel, flag or environment: NAME or PLATFORM/NAME")
  .description(
    "what something means, with its queries and numbers, who is told, what uses it, and what a release needs to enter",
  )
  .addOption(environment())
  .addOption(formatOption("text", "json"))
  .addHelpText(
    "after",
    "\nExample:\n  fairlead explain weathervane/mcp-server-down --env prod\n  fairlead explain task-execution/3",
  )
  .action((id: string, options) => run(async () => (await import("./explain.ts")).explain(id, options)));

program
  .command("runbook")
  .argument(
    "<name>",
    "an alert or a procedure: NAME or PLATFORM/NAME, such as McpServerDown or weathervane/roll-back",
  )
  .description("the runbook of an alert, or how something is done, with live values if a Prometheus is named")
  .addOption(platform())
  .addOption(environment())
  .addOption(
    new Option("--prometheus <url>", "ask this Prometheus every query of the page").argParser(httpUrl),
  )
  .addOption(
    new Option("--at <time>", "ask as of this time, e.g. 2026-03-01T03:00:00Z; default: now").argParser(time),
  )
  .addOption(formatOption("text", "markdown", "json"))
  .addHelpText(
    "after",
    "\nExample:\n  fairlead runbook McpServerDown --env prod --prometheus https://prometheus.prod.example\n  fairlead runbook weathervane/roll-back --env staging",
  )
  .action((name: string, options) => run(async () => (await import("./runbook.ts")).runbook(name, options)));

program
  .command("budget")
  .argument("[slos...]", "only these: NAME or PLATFORM/NAME; all unless told")
  .description("how much of each SLO's error budget is left, how fast it burns, and when it went")
  .addOption(platform())
  .addOption(environment())
  .addOption(
    new Option(
      "--prometheus <url>",
      "the Prometheus with the generated rules, if not that of the environment's links",
    ).argParser(httpUrl),
  )
  .addOption(
    new Option("--at <time>", "ask as of this time, e.g. 2026-03-01T03:00:00Z; default: now").argParser(time),
  )
  .addOption(formatOption("text", "json"))
  .addHelpText(
    "after",
    "\nExample:\n  fairlead budget --platform weathervane --env prod\n  fairlead budget availability --prometheus http://127.0.0.1:9090 --format json",
  )
  .action((slos: string[], options) => run(async () => (await import("./budget.ts")).budget(slos, options)));

program
  .command("diff")
  .argument("<base>", "a Git revision, or a folder with a project as it was")
  .description(
    "what a change of the catalog means: who is told more or less, what is looser, gone, or of another size",
  )
  .addOption(platform())
  .addOption(formatOption("text", "json", "markdown"))
  .addHelpText("after", "\nExample:\n  fairlead diff main\n  fairlead diff HEAD~1 --format markdown")
  .action((base: string, options) => run(async () => (await import("./diff.ts")).diff(base, options)));

addPlanCommands(program);
addReleaseCommands(program);
addGateCommands(program);
addPromotionDeskCommands(program);
addSigningCommands(program);
addPolicyCommands(program, { platform });
addPromoteCommands(program);
addChangeSetCommands(program);

program
  .command("notify")
  .argument("<action>", "test: send one notification that says it is a test")
  .description("try whether alerts arrive: send a test through an Alertmanager, and say who is told")
  .requiredOption("--env <name>", "of this environment")
  .addOption(
    new Option("--severity <severity>", "like an alert of this severity")
      .choices(["critical", "warning"])
      .makeOptionMandatory(),
  )
  .addOption(platform())
  .addOption(
    new Option(
      "--alertmanager <url>",
      "address of Alertmanager, if not that of the environment's links",
    ).argParser(httpUrl),
  )
  .addOption(formatOption("text", "json"))
  .addHelpText("after", "\nExample:\n  fairlead notify test --env staging --severity critical")
  .action((action: string, options) =>
    run(async () => (await import("./notify.ts")).notify(action, options)),
  );

program
  .command("import")
  .addArgument(new Argument("<format>", "whose files they are").choices(["sloth", "openslo"] as const))
  .argument("<files...>", "YAML files of one or more documents")
  .description("write a platform of the catalog from service level objectives of another tool")
  .option("--platform <name>", "the platform's name", "imported")
  .addOption(new Option("--out <dir>", "folder to write to, empty or new (default: catalog/platforms/NAME)"))
  .addOption(new Option("--rules <dir>", "write Prometheus rules there, and no catalog").conflicts("out"))
  .addHelpText("after", "\nExample:\n  fairlead import sloth slos/*.yaml --platform shop")
  .action((format: "sloth" | "openslo", files: string[], options) =>
    run(async () => (await import("./import.ts")).importFiles(format, files, options)),
  );

program
  .command("export")
  .addArgument(new Argument("<format>", "what to write").choices(["openslo"] as const))
  .description("write the service level objectives of the catalog for other tools")
  .addOption(platform())
  .option("--out <dir>", "folder for a file of each platform (default: standard output)")
  .addHelpText("after", "\nExample:\n  fairlead export openslo --platform weathervane --out openslo")
  .action((format: "openslo", options) =>
    run(async () => (await import("./export.ts")).exportFiles(format, options)),
  );

program
  .command("tools")
  .argument("[action]", "install: build what is missing, once, into a cache")
  .argument("[names...]", "only these tools")
  .description("which outside tools are found, which version and digest, and how to get the rest")
  .addOption(formatOption("text", "json"))
  .addHelpText("after", "\nExample:\n  fairlead tools\n  fairlead tools install k6 promtool")
  .action((action: string | undefined, names: string[], options) =>
    run(async () => (await import("./tools.ts")).tools(action, names, options)),
  );

program
  .command("start")
  .description(
    "the main job: generate, synthesise the stacks, check everything with the real tools, say what is next",
  )
  .addHelpText("after", "\nExample:\n  fairlead start")
  .action(() => run(async () => (await import("./start.ts")).start()));

addLabCommand(program);
addLoad(program);
addTour(program);

program.parseAsync().catch((error: { code?: string; exitCode?: number }) => {
  process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
});
