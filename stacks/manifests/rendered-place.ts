import type { Environment } from "../../model/model.ts";
import type { Chart } from "./chart.ts";
import type { LayerObject } from "./layer-objects.ts";
import type { KubernetesObject } from "./resource-object.ts";

/** A layer with all that it brings, and the names of those that have to be there before it. */
export interface RenderedLayer {
  name: string;
  after: string[];
  objects: LayerObject[];
  charts: Chart[];
}

/** What is rendered for one platform in one environment. */
export interface RenderedPlace {
  /** PLATFORM-ENVIRONMENT: names of the controllers' objects begin with it. */
  name: string;
  title: string;
  /** The place's own folder in the repository. */
  folder: string;
  environment: Environment;
  /** Each after those that it waits for. */
  layers: RenderedLayer[];
}

/** Whether there is anything to apply besides charts. */
export function hasObjects({ objects }: RenderedLayer): boolean {
  return objects.length > 0;
}

/** Whether a deploy waits for an object: it has pods that come up, or that end. */
export function isWorkload({ kind }: KubernetesObject): boolean {
  return ["Deployment", "StatefulSet", "DaemonSet", "Job"].includes(kind);
}
