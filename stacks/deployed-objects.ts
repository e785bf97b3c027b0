import type { Artifact, Environment, Model, Platform } from "../model/model.ts";
import { layersOf } from "./index.ts";
import { objectsOf } from "./manifests/layer-objects.ts";
import type { KubernetesObject } from "./manifests/resource-object.ts";

/** All that the stacks bring to the cluster of one platform in one environment, as the API server would be given it. */
export interface Deployed {
  platform: Platform;
  environment: Environment;
  objects: KubernetesObject[];
}

/** The objects of every platform in each of its environments, in an order in which they can be applied. */
export function deployedObjects(model: Model, artifacts: readonly Artifact[]): Deployed[] {
  return model.platforms.flatMap((platform) =>
    platform.environments.map((environment) => ({
      platform,
      environment,
      objects: layersOf(model, artifacts, { platform, environment })
        .flatMap((layer) => objectsOf(layer, { release: ANY_RELEASE }).objects)
        .map(({ object }) => object),
    })),
  );
}

// Pods say which release they are of; what is looked at here does not depend on it.
const ANY_RELEASE = `sha256:${"0".repeat(64)}`;
