import { ServiceAccountV1 } from "@cdktf/provider-kubernetes/lib/service-account-v1/index.js";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1/index.js";
import { Construct } from "constructs";
import type { Service } from "../model/model.ts";
import { podSelector } from "../model/object-metadata.ts";
import { secretsOfService } from "../model/secret-sources.ts";
import { canaryOf } from "./canary.ts";
import { addCanary } from "./canary-releases.ts";
import { addDeployment } from "./deployment.ts";
import { addDiscovery } from "./discovery.ts";
import { addFiles } from "./files.ts";
import { Layer, type Site } from "./layer.ts";
import { portsOf, serviceMetadata } from "./metadata.ts";
import { addServicePolicy } from "./network-policies.ts";
import { keepThroughRenames } from "./renamed.ts";
import { addAutoscaler, addDisruptionBudget } from "./scaling.ts";
import { addSecrets } from "./secrets.ts";
import { addUpkeep } from "./upkeep/index.ts";

/** The platform's services: each with its own account, Deployment, Service, scaling and network policy. */
export function services(scope: Construct, site: Site): Layer {
  const layer = new Layer(scope, "services", site);
  const secrets = addSecrets(layer);
  for (const service of site.environment.services) {
    const at = new Construct(layer, service.name);
    const account = addAccount(at, service, site);
    const policy = addServicePolicy(at, service, site);
    addAddress(at, service, site);
    // A pod must not run before its network policy does.
    const read = secretsOfService(service).flatMap((name) => secrets.get(name) ?? []);
    const before = [...read, ...addFiles(at, service, site), ...addDiscovery(at, service, site)];
    const deployment = addDeployment(at, service, { site, after: [account, policy, ...before] });
    addCanary(at, service, { site, after: [deployment] });
    addAutoscaler(at, service, site);
    addDisruptionBudget(at, service, site);
  }
  addUpkeep(layer, site);
  keepThroughRenames(layer);
  return layer;
}

/** An account of its own with no rights, unless it scrapes; only then does its pod get a token. */
function addAccount(scope: Construct, service: Service, site: Site): ServiceAccountV1 {
  return new ServiceAccountV1(scope, "account", {
    metadata: serviceMetadata(site, service),
    automountServiceAccountToken: false,
  });
}

function addAddress(scope: Construct, service: Service, site: Site): void {
  if (Object.keys(service.ports).length === 0) return;
  new ServiceV1(scope, "service", {
    metadata: serviceMetadata(site, service),
    spec: {
      type: "ClusterIP",
      selector: podSelector(site, service.name),
      port: portsOf(service),
    },
    // A controller of canaries adds which release it leads to.
    ...(canaryOf(service, site) && {
      lifecycle: { ignoreChanges: ["spec[0].selector", "metadata[0].annotations"] },
    }),
  });
}
