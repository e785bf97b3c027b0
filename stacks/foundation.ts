import { LimitRangeV1 } from "@cdktf/provider-kubernetes/lib/limit-range-v1/index.js";
import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1/index.js";
import { PersistentVolumeClaimV1 } from "@cdktf/provider-kubernetes/lib/persistent-volume-claim-v1/index.js";
import { ResourceQuotaV1 } from "@cdktf/provider-kubernetes/lib/resource-quota-v1/index.js";
import type { Construct } from "constructs";
import type { Environment, Volume } from "../model/model.ts";
import { addAdmission } from "./admission.ts";
import { addHelmReleases } from "./helm-releases.ts";
import { Layer, type Site } from "./layer.ts";
import { namespaceMetadata, siteMetadata } from "./metadata.ts";
import { addNamespacePolicies } from "./network-policies.ts";

/** What services stand on: the namespace with its security level, limits and closed network, volumes, Helm releases, and what the cluster asks of workloads. */
export function foundation(scope: Construct, site: Site): Layer {
  const layer = new Layer(scope, "foundation", site);
  const namespace = addNamespace(layer);
  addLimits(layer, namespace);
  addNamespacePolicies(layer, namespace);
  for (const volume of site.environment.volumes) addVolume(layer, volume, namespace);
  addHelmReleases(layer);
  addAdmission(layer);
  return layer;
}

/** Whether losing it by one wrong command must not be possible: Terraform refuses to plan its removal. */
function keptFor(environment: Environment) {
  return { lifecycle: { preventDestroy: environment.stage === "prod" } };
}

function addNamespace(layer: Layer): NamespaceV1 {
  const { environment } = layer.site;
  return new NamespaceV1(layer, "namespace", {
    metadata: namespaceMetadata(layer.site, environment.namespace),
    ...keptFor(environment),
  });
}

function addLimits(layer: Layer, namespace: NamespaceV1): void {
  const { cores, memoryBytes, storageBytes } = layer.site.environment.capacity;
  new ResourceQuotaV1(layer, "quota", {
    metadata: siteMetadata(layer.site, "capacity"),
    spec: {
      hard: {
        "requests.cpu": Number.isInteger(cores) ? String(cores) : `${Math.round(cores * 1000)}m`,
        "requests.memory": quantity(memoryBytes),
        "requests.storage": quantity(storageBytes),
      },
    },
    dependsOn: [namespace],
  });
  // A quota refuses pods without requests. Services state theirs; this is for what a person starts by hand.
  new LimitRangeV1(layer, "limits", {
    metadata: siteMetadata(layer.site, "container-defaults"),
    spec: {
      limit: [
        { type: "Container", defaultRequest: { cpu: "100m", memory: "128Mi" }, default: { memory: "256Mi" } },
      ],
    },
    dependsOn: [namespace],
  });
}

/** Bytes in the largest unit of which they are a whole number: Kubernetes spells them so too, and a plan finds no difference. */
function quantity(bytes: number): string {
  const units = { G: 1e9, Ti: 2 ** 40, Gi: 2 ** 30, Mi: 2 ** 20, Ki: 2 ** 10 };
  const found = Object.entries(units).find(([, size]) => bytes % size === 0);
  return found ? `${bytes / found[1]}${found[0]}` : String(Math.ceil(bytes));
}

function addVolume(layer: Layer, volume: Volume, namespace: NamespaceV1): void {
  const claim = new PersistentVolumeClaimV1(layer, `volume_${volume.name}`, {
    metadata: siteMetadata(layer.site, volume.claim),
    spec: {
      accessModes: [volume.access === "single" ? "ReadWriteOnce" : "ReadWriteMany"],
      resources: { requests: { storage: volume.size } },
      ...(volume.storageClass && { storageClassName: volume.storageClass }),
    },
    // Many storage classes bind a claim only when its first pod comes, which is a layer later.
    waitUntilBound: false,
    ...keptFor(layer.site.environment),
    dependsOn: [namespace],
  });
  layer.moveFrom(
    claim,
    volume.formerly.map((name) => `volume_${name}`),
  );
}
