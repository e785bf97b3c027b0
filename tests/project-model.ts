import type { Platform } from "../model/model.ts";
import { loadProject } from "../model/project.ts";
import { rootFolder } from "./structure/source-files.ts";

/** One of the project's own platforms, as the command line reads it. */
export async function ownPlatform(name: string): Promise<Platform> {
  const { model } = await loadProject(rootFolder, { platforms: [name] });
  const platform = model.platforms.find((one) => one.name === name);
  if (!platform) throw new Error(`there is no platform "${name}"`);
  return platform;
}
