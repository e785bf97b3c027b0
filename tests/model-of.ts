import type { PlatformInput } from "fairlead";
import { admission } from "../catalog/admission.ts";
import { policy } from "../catalog/policy.ts";
import { buildModel } from "../model/build.ts";
import type { ReadBefore } from "../model/described.ts";
import type { Model } from "../model/model.ts";
import { formatPlainly } from "./format-plainly.ts";

/** Policies beside a platform given as plain objects, by name. */
export type Policies = Record<string, unknown>;

/** The model of platforms given as objects, without files; throws what is wrong with them. */
export function modelOf(platforms: PlatformInput[], policies: Policies = {}, admission?: unknown): Model {
  const { model, problems } = resolvePlatforms(platforms, policies, { admission });
  if (problems.some((p) => p.severity === "error")) throw new Error(formatPlainly(problems));
  return model;
}

/** What is wrong with platforms given as objects: `rule at path: message → fix`, one a line. */
export function problemsOf(platforms: PlatformInput[], policies: Policies = {}, admission?: unknown): string {
  return formatPlainly(resolvePlatforms(platforms, policies, { admission }).problems);
}

/**
 * The model of platforms given as objects, and what is wrong with them. `admission`: one policy of admission for all of them;
 * `before`: what was read of them before an edit.
 */
export function resolvePlatforms(
  platforms: PlatformInput[],
  policies: Policies,
  { admission: asked, before }: { admission?: unknown; before?: ReadBefore | undefined } = {},
) {
  const files = platforms.flatMap((platform) =>
    Object.entries(policies).map(([name, value]) => ({
      platform: platform.name,
      name,
      file: `policies/${platform.name}/${name}.yaml`,
      policy: policy.parse(value),
      place: placeIn(platform.name, name),
    })),
  );
  const admissions = platforms.map(({ name }) => ({
    platform: name,
    file: `policies/${name}/admission.yaml`,
    ...(asked !== undefined && { spec: admission.parse(asked) }),
    place: placeIn(name, "admission"),
  }));
  const values = platforms.map((value) => ({ name: value.name, value }));
  return buildModel({
    platforms: values,
    policies: files,
    admission: admissions,
    requirements: [],
    before,
    locate: () => undefined,
  });
}

function placeIn(platform: string, name: string) {
  return (path: readonly (string | number)[]) => ({ platform, path: ["policies", name, ...path] });
}
