import type { Model } from "../model/model.ts";

/** Names of the platforms that are new or other objects than before; generators give the same for all others. */
export function changedPlatforms(before: Model | undefined, after: Model): string[] {
  const known = new Map(before?.platforms.map((platform) => [platform.name, platform]));
  return after.platforms
    .filter((platform) => known.get(platform.name) !== platform)
    .map((platform) => platform.name);
}
