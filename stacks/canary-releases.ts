import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import { canaryOf } from "./canary.ts";
import { addFlaggerCanary } from "./flagger.ts";
import type { Site } from "./layer.ts";
import { addRollout } from "./rollout.ts";

/** How a service's releases enter step by step, where its environment has a controller for that. Its Deployment stays what describes its pods. */
export function addCanary(
  scope: Construct,
  service: Service,
  { site, after }: { site: Site; after: ITerraformDependable[] },
): void {
  const canary = canaryOf(service, site);
  if (!canary) return;
  const add = site.environment.canaries?.controller === "flagger" ? addFlaggerCanary : addRollout;
  add(scope, service, { site, canary, after });
}
