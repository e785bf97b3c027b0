import type { Environment, Origin, Platform } from "../../model/model.ts";
import { choresOf } from "../../model/upkeep.ts";
import type { Deployed } from "../../stacks/deployed-objects.ts";
import type { CheckContext } from "../check.ts";

/** The objects of every platform and environment that is looked at. */
export async function objectsOf({ model, artifacts, progress }: CheckContext): Promise<Deployed[]> {
  progress("making the objects");
  // Loading cdktf takes longer than all checks that need no tool.
  const { deployedObjects } = await import("../../stacks/deployed-objects.ts");
  return deployedObjects(model, artifacts);
}

/** A place's objects as one file for tools; JSON is YAML too. */
export function yamlOf({ objects }: Pick<Deployed, "objects">): string {
  return objects.map((object) => `${JSON.stringify(object)}\n`).join("---\n");
}

/** What an object was generated from: its service, also where it does a chore of that, or its environment as a whole. */
export function originOf(name: string, { services, origin }: Environment): Origin {
  const found =
    services.find((service) => service.name === name) ??
    services.find((service) => choresOf(service).some((chore) => chore.name === name));
  return found?.origin ?? origin;
}

/** The name of one platform in one environment. */
export function placeName({
  platform,
  environment,
}: {
  platform: Platform;
  environment: Environment;
}): string {
  return `${platform.name}-${environment.name}`;
}
