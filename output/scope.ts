import type { Environment, Model } from "../model/model.ts";

/** Which platforms and environments a command is about; nothing named means all. */
export interface Selected {
  platforms?: readonly string[];
  environments?: readonly string[];
}

/**
 * Whether a generated file belongs to the selection, by its path `generated/KIND/PLATFORM/[ENV/]…`. With a platform or an
 * environment named, files that belong to all of them are left alone.
 */
export function isSelected(path: string, selected: Selected, environments: readonly string[]): boolean {
  const [, , platform = "", environment = ""] = path.split("/");
  const { platforms, environments: wanted } = selected;
  if (platforms && !platforms.includes(platform)) return false;
  if (!wanted) return true;
  return environments.includes(environment) && wanted.includes(environment);
}

/** Whether manifests of an environment belong to all that is generated: those that a controller reads from Git. */
export function isDeliveredFromGit({ gitops }: Pick<Environment, "gitops">): boolean {
  return gitops !== undefined;
}

/**
 * Whether a generated file is in question at all: manifests of an environment that nobody delivers from Git are there for who asked for
 * them, and are left alone without that. Those of environments that are gone go.
 */
export function isInQuestion(path: string, { platforms }: Model): boolean {
  const [, kind, platform, environment] = path.split("/");
  if (kind !== "manifests") return true;
  const { environments } = platforms.find(({ name }) => name === platform) ?? {};
  const found = environments?.find(({ name }) => name === environment);
  return !found || isDeliveredFromGit(found);
}
