import type { PlatformInput } from "fairlead";
import { policy } from "../catalog/policy.ts";
import { buildModel } from "../model/build.ts";
import type { ReadBefore } from "../model/described.ts";
import type { Model } from "../model/model.ts";
import { formatPlainly } from "./format-plainly.ts";

/** Policies beside a platform given as plain objects, by name. */
export type Policies = Record<string, unknown>;

/** The model of platforms given as objects, without files; throws what is wrong with them. */
export function modelOf(platforms: PlatformInput[], policies: Policies = {}): Model {
  const { model, problems } = resolvePlatforms(platforms, policies);
  if (problems.some((p) => p.severity === "error")) throw new Error(formatPlainly(problems));
  return model;
}

/** What is wrong with platforms given as objects: `rule at path: message → fix`, one a line. */
export function problemsOf(platforms: PlatformInput[], policies: Policies = {}): string {
  return formatPlainly(resolvePlatforms(platforms, policies).problems);
}

/** The model of platforms given as objects, and what is wrong with them; `before` is what was read of them before an edit. */
export function resolvePlatforms(platforms: PlatformInput[], policies: Policies, before?: ReadBefore) {
  const files = platforms.flatMap((platform) =>
    Object.entries(policies).map(([name, value]) => ({
      platform: platform.name,
      name,
      file: `policies/${platform.name}/${name}.yaml`,
      policy: policy.parse(value),
      place: (path: readonly (string | number)[]) => ({
        platform: platform.name,
        path: ["policies", name, ...path],
      }),
    })),
  );
  const values = platforms.map((value) => ({ name: value.name, value }));
  return buildModel({
    platforms: values,
    policies: files,
    requirements: [],
    before,
    locate: () => undefined,
  });
}
