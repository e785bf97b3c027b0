import {
  DeploymentV1,
  type DeploymentV1SpecStrategy,
} from "@cdktf/provider-kubernetes/lib/deployment-v1/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { secondsOf } from "../catalog/units.ts";
import type { Service } from "../model/model.ts";
import { podSelector } from "../model/object-metadata.ts";
import { replacement, SURGE } from "../model/pods.ts";
import { canaryOf } from "./canary.ts";
import type { Site } from "./layer.ts";
import { serviceMetadata } from "./metadata.ts";
import { podOf } from "./pod.ts";
import { releaseOf } from "./release.ts";

/** A service's pods: how many, how they are replaced, and that Terraform waits until they are available. */
export function addDeployment(
  scope: Construct,
  service: Service,
  { site, after }: { site: Site; after: ITerraformDependable[] },
): DeploymentV1 {
  const metadata = serviceMetadata(site, service);
  const deadline = Math.ceil(secondsOf(service.progressDeadline));
  // Kubernetes gives a rollout up first, and says why; this is for when it cannot.
  const timeout = `${Math.ceil(deadline / 60) + 1}m`;
  const isCanary = canaryOf(service, site) !== undefined;
  return new DeploymentV1(scope, "deployment", {
    metadata,
    spec: {
      // With a scaling range the number of pods is the autoscaler's: Terraform must not set it back.
      ...("replicas" in service.scaling && !isCanary && { replicas: String(service.scaling.replicas) }),
      selector: { matchLabels: podSelector(site, service.name) },
      strategy: strategyOf(service, site),
      revisionHistoryLimit: 5,
      progressDeadlineSeconds: deadline,
      template: {
        metadata: { labels: metadata.labels, ...releaseOf(scope, site) },
        spec: podOf(service, site),
      },
    },
    dependsOn: after,
    // A controller of canaries runs the pods, and takes those of the Deployment itself away.
    ...(isCanary && { lifecycle: { ignoreChanges: ["spec[0].replicas"] } }),
    waitForRollout: true,
    timeouts: { create: timeout, update: timeout },
  });
}

function strategyOf(service: Service, site: Site): DeploymentV1SpecStrategy {
  if (replacement(service, site.environment.volumes) === "recreate") return { type: "Recreate" };
  return { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "0", maxSurge: String(SURGE) } };
}
