import { TerraformResource } from "cdktf";
import { replacement } from "../model/pods.ts";
import type { Layer } from "./layer.ts";

/**
 * Lets services be renamed: each object is found in the state under the name that it had. Kubernetes renames nothing, so it is made under its new
 * name before the one of the old name goes, and that only when who calls it calls the new one. A service whose pods cannot stand side by side is
 * replaced as in every update: all old pods first.
 */
export function keepThroughRenames(layer: Layer): void {
  const { services, volumes } = layer.site.environment;
  for (const service of services.filter(({ formerly }) => formerly.length > 0)) {
    const own = resourcesOf(layer, service.name);
    for (const resource of own) {
      const part = resource.friendlyUniqueId.slice(service.name.length);
      layer.moveFrom(
        resource,
        service.formerly.map((name) => `${name}${part}`),
      );
    }
    if (replacement(service, volumes) === "recreate") continue;
    for (const resource of own) createFirst(resource);
    const addresses = own.map((one) => `${one.terraformResourceType}.${one.friendlyUniqueId}`);
    for (const caller of service.callers)
      for (const resource of resourcesOf(layer, caller))
        resource.dependsOn = [...(resource.dependsOn ?? []), ...addresses];
  }
}

/** That a new one is there before an old one of another name goes. */
export function createFirst(resource: TerraformResource): void {
  resource.lifecycle = { ...resource.lifecycle, createBeforeDestroy: true };
}

function resourcesOf(layer: Layer, service: string): TerraformResource[] {
  return (
    layer.node
      .tryFindChild(service)
      ?.node.findAll()
      .filter((one) => TerraformResource.isTerraformResource(one)) ?? []
  );
}
