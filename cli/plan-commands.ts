import { type Command, Option } from "commander";
import { layers } from "../model/names.ts";
import { collect } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

const context = () =>
  new Option(
    "--confirm-context <name>",
    "the kubeconfig context that you mean; asked for in production, never guessed",
  );

const adopt = () =>
  new Option(
    "--adopt <kind/name>",
    "an object that is in the cluster already and is taken over, such as Namespace/shop-dev; can be given again",
  ).argParser(collect);

const destroy = () =>
  new Option(
    "--destroy",
    "plan to take away all that was deployed, or of the layers that are named; what is lost with it has to be confirmed",
  ).conflicts(["adopt"]);

const rbac = () =>
  new Option(
    "--rbac",
    "plan nothing: print the least rights that deploying needs, for an administrator to apply",
  ).conflicts(["layer", "out", "adopt", "destroy", "confirmContext", "format"]);

/** Adds `fairlead plan` and `fairlead apply`. */
export function addPlanCommands(program: Command): void {
  addPlan(program);
  addApply(program);
}

const PLAN_HELP =
  "\nKUBE_CONFIG_PATH names the kubeconfig. The exit code is 0 with or without changes (JSON says which), 5 while somebody else holds the state's lock.\n" +
  "\nExample:\n  KUBE_CONFIG_PATH=~/.kube/config fairlead plan --platform weathervane --env staging\n  fairlead plan --platform weathervane --env prod --confirm-context prod-eu --out plan --format markdown\n  fairlead plan --platform weathervane --env dev --destroy\n  fairlead plan --platform weathervane --env staging --rbac | kubectl apply -f -";

function addPlan(program: Command): void {
  program
    .command("plan")
    .description(
      "what a deploy would create, change, replace and destroy, and why it matters; saved, with a digest, to be applied as it is",
    )
    .requiredOption("--env <name>", "the environment")
    .option("--platform <name>", "the platform; not needed where there is one")
    .addOption(
      new Option("--layer <layer>", `only this layer; can be given again: ${layers.join(", ")}`).argParser(
        collect,
      ),
    )
    .option("--out <dir>", "folder of the plan, new or empty (default: .fairlead/plans/DIGEST)")
    .addOption(adopt())
    .addOption(destroy())
    .addOption(rbac())
    .addOption(context())
    .addOption(formatOption("text", "json", "markdown"))
    .addHelpText("after", PLAN_HELP)
    .action((options) => run(async () => (await import("./plan.ts")).plan(options)));
}

function addApply(program: Command): void {
  program
    .command("apply")
    .argument("<plan>", "a plan's digest, or 12 digits of its begin or more; or its folder")
    .description("apply exactly that saved plan; refused when it was altered, or its state has moved on")
    .option("--digest <digest>", "with a folder: the digest that the plan in it must have")
    .addOption(context())
    .addOption(
      new Option(
        "--confirm-destroy <kind/name>",
        "an object whose data may be lost, such as Namespace/shop-dev; can be given again",
      ).argParser(collect),
    )
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      "\nExample:\n  fairlead apply 4f0c21ab93de\n  fairlead apply plan --digest 4f0c21ab93de --confirm-context prod-eu\n  fairlead apply 4f0c21ab93de --confirm-destroy PersistentVolumeClaim/receipts",
    )
    .action((plan: string, options) => run(async () => (await import("./apply.ts")).apply(plan, options)));
}
