// What is done with a lab: a load on it, and the tour.
import { type Command, Option } from "commander";
import { atLeastOne, httpUrl, objectName, seconds } from "./argument-types.ts";
import { formatOption } from "./report-options.ts";
import { run } from "./run.ts";

/** Adds `fairlead load`. */
export const addLoad = (program: Command) =>
  program
    .command("load")
    .argument("<profile>", "a load profile of the catalog, such as smoke")
    .description(
      "run a load profile with k6 against a lab: percentiles, SLOs, resources, what was the bottleneck",
    )
    .option("--platform <name>", "whose profile; not needed where there is one platform")
    .option("--lab <name>", "against this lab (default: the one with the platform's name)")
    .addOption(new Option("--url <url>", "against this service instead").argParser(httpUrl).conflicts("lab"))
    .option("--token-file <file>", "with --url: file of the access token")
    .addOption(
      new Option(
        "--prometheus <url>",
        "with --url: where the service's metrics are; with --kubernetes: where the runners write to",
      ).argParser(httpUrl),
    )
    .option("--allow-remote", "with --url: service and Prometheus may be on another machine")
    .addOption(
      new Option("--compress <factor>", "so many times shorter, at the same rates")
        .argParser(atLeastOne)
        .default(1),
    )
    .addOption(
      new Option("--warm-up <seconds>", "load before what is counted; 0: none").argParser(seconds).default(5),
    )
    .addOption(
      new Option("--repeat <times>", "how often; two runs tell how far results can be trusted")
        .argParser(atLeastOne)
        .default(1),
    )
    .addOption(
      new Option("--runners <number>", "k6 processes that share the load, judged together in Prometheus")
        .argParser(atLeastOne)
        .default(1),
    )
    .addOption(
      new Option(
        "--kubernetes <environment>",
        "run nothing: print what k6's operator needs to run it in this environment's cluster",
      ).conflicts(["lab", "url", "saveBaseline", "tokenFile"]),
    )
    .addOption(
      new Option(
        "--token-secret <name>",
        "with --kubernetes: the Secret whose key `token` is the access token",
      ).argParser(objectName),
    )
    .option("--save-baseline", "keep these runs as what later ones are compared with")
    .addOption(formatOption("text", "json"))
    .addHelpText(
      "after",
      "\nExample:\n  fairlead lab up --platform weathervane && fairlead load smoke --platform weathervane\n  fairlead load endurance-24h --platform agenthive --compress 720\n  fairlead load load --platform weathervane --compress 10 --repeat 2 --save-baseline\n  fairlead load throughput --platform nexus --kubernetes staging --runners 4 --prometheus http://prometheus.monitoring:9090 | kubectl apply -f -",
    )
    .action((profile: string, options) =>
      run(async () =>
        options.kubernetes === undefined
          ? (await import("./load.ts")).load(profile, options)
          : (await import("./load-manifests.ts")).loadManifests(profile, options),
      ),
    );

/** Adds `fairlead tour`. */
export const addTour = (program: Command) =>
  program
    .command("tour")
    .description(
      "see it work, in two minutes: generate, check, a lab, a load, a fault, its alert and runbook, recovery",
    )
    .option("--platform <name>", "the platform to be shown; not needed where there is one")
    .option("--yes", "ask nothing; without a terminal nothing is asked anyway")
    .addHelpText("after", "\nExample:\n  fairlead tour --platform weathervane")
    .action((options) => run(async () => (await import("./tour.ts")).tour(options)));
