import { stringify } from "yaml";
import { compressed, refuseRunners } from "../lab/load/index.ts";
import { testRun } from "../load-tests/test-run.ts";
import { loadProject } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";
import { unknownChoices } from "../problems/unknown-choices.ts";
import { builds } from "../tools/builds.ts";
import { exitCodes } from "./exit-codes.ts";
import { chosenProfile } from "./load.ts";
import { printData } from "./terminal.ts";

/** What `fairlead load PROFILE --kubernetes ENVIRONMENT` is told. */
export interface ManifestOptions {
  platform?: string;
  kubernetes: string;
  compress: number;
  runners: number;
  prometheus?: string;
  tokenSecret?: string;
}

/** `fairlead load PROFILE --kubernetes ENVIRONMENT`: YAML for `kubectl apply`, and nothing is run. */
export async function loadManifests(name: string, options: ManifestOptions): Promise<number> {
  const { kubernetes: wanted, runners, prometheus, tokenSecret } = options;
  const project = await loadProject(process.cwd(), options.platform ? { platforms: [options.platform] } : {});
  const { platform, profile: described } = chosenProfile(project, name, options.platform);
  const { environments } = platform;
  const environment = environments.find((one) => one.name === wanted);
  if (!environment)
    throw new UsageError(
      unknownChoices(
        "environment",
        [wanted],
        environments.map((one) => one.name),
      ),
    );
  const profile = compressed(described, options.compress);
  refuseRunners({ profile }, { runners, prometheus });
  const image = `grafana/k6:${builds.k6.version}`;
  const objects = testRun({
    ...{ platform: platform.name, environment, profile, runners, image, prometheus, tokenSecret },
  });
  const documents = objects.map((object) =>
    stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }),
  );
  printData(documents.join("---\n").trimEnd());
  return exitCodes.done;
}
