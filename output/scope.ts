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
