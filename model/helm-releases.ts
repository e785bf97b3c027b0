import type { HelmReleaseSpec } from "../catalog/helm-release.ts";
import type { Origin } from "./model.ts";

/** A third-party program that the foundation installs by its chart. */
export interface HelmRelease extends Omit<HelmReleaseSpec, "values" | "timeout" | "callers"> {
  name: string;
  origin: Origin;
  /** The chart's values as a file of JSON, which YAML readers read too; equal values, equal text. */
  values: string;
  timeoutSeconds: number;
  /** Services that call it. */
  callers: string[];
}
