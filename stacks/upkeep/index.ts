import { readdirSync, readFileSync } from "node:fs";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1/index.js";
import { CronJobV1 } from "@cdktf/provider-kubernetes/lib/cron-job-v1/index.js";
import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Service } from "../../model/model.ts";
import { podSelector } from "../../model/object-metadata.ts";
import { type Chore, choresOf, upkeepName } from "../../model/upkeep.ts";
import { packageFile } from "../../package-root.ts";
import type { Layer, Site } from "../layer.ts";
import { serviceMetadata, siteMetadata } from "../metadata.ts";
import { addUpkeepPolicy } from "../network-policies.ts";
import { releaseOf } from "../release.ts";
import { literal } from "../terraform-text.ts";
import { chorePod, choreSelector, SCRIPTS } from "./chore-pod.ts";

/** What is done by the clock for what services keep: a CronJob for each chore, and the scripts that they run. */
export function addUpkeep(layer: Layer, site: Site): void {
  const kept = site.environment.services.filter((service) => choresOf(service).length > 0);
  if (kept.length === 0) return;
  const scripts = new ConfigMapV1(layer, "upkeep-scripts", {
    metadata: siteMetadata(site, SCRIPTS),
    data: scriptTexts(),
  });
  for (const service of kept) addChores(layer, service, { site, after: [scripts] });
}

/** The scripts by their names, as Terraform has to read them. */
function scriptTexts(): Record<string, string> {
  const folder = packageFile("stacks/upkeep/scripts");
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, literal(readFileSync(`${folder}/${name}`, "utf8"))]),
  );
}

function addChores(
  scope: Construct,
  service: Service,
  { site, after }: { site: Site; after: ITerraformDependable[] },
): void {
  const at = (part: string) => `${service.name}_upkeep-${part}`;
  // No rights at all: nothing here asks the Kubernetes API.
  const account = new ServiceAccountV1(scope, at("account"), {
    metadata: { ...serviceMetadata(site, service), name: upkeepName(service.name) },
    automountServiceAccountToken: false,
  });
  const way = service.backup || service.vacuum ? [addUpkeepPolicy(scope, service, site)] : [];
  for (const chore of choresOf(service)) {
    addCronJob(scope, chore, { service, site, after: [account, ...way, ...after] });
  }
}

function addCronJob(
  scope: Construct,
  chore: Chore,
  { service, site, after }: { service: Service; site: Site; after: ITerraformDependable[] },
): void {
  const { namespace, labels } = serviceMetadata(site, service);
  const metadata = {
    name: chore.name,
    namespace,
    labels: { ...labels, "app.kubernetes.io/component": chore.kind },
  };
  const podLabels = { ...metadata.labels, ...podSelector(site, choreSelector(service, chore)) };
  new CronJobV1(scope, `${service.name}_${chore.kind}`, {
    metadata,
    spec: {
      schedule: chore.schedule,
      timezone: "Etc/UTC",
      suspend: chore.isByHand,
      // Two of the same at once would take each other's copies for their own.
      concurrencyPolicy: "Forbid",
      // After an outage of the control plane a missed run is made up for within an hour, and not all of them.
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      jobTemplate: {
        metadata: { labels: metadata.labels },
        spec: {
          // What failed half-way is looked at by a person, not done over: a restore least of all.
          backoffLimit: chore.isByHand ? 0 : 2,
          activeDeadlineSeconds: 6 * 3600,
          template: {
            metadata: { labels: podLabels, ...releaseOf(scope, site) },
            spec: chorePod(service, chore, site),
          },
        },
      },
    },
    dependsOn: after,
  });
}
