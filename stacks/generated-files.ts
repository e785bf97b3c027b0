import type { Artifact } from "../model/model.ts";
import type { Site } from "./layer.ts";

/** Generated files of one kind for this platform and environment, by the begin of their path in its folder. */
export function filesIn({ platform, environment, artifacts }: Site, kind: string, begin: string): Artifact[] {
  const prefix = `generated/${kind}/${platform}/${environment.name}/${begin}`;
  return artifacts.filter((artifact) => artifact.path.startsWith(prefix));
}

/** The one generated file of such a path in the platform's and environment's folder. Throws when the generator made none. */
export function fileOf(site: Site, kind: string, name: string): Artifact {
  const [found] = filesIn(site, kind, name);
  if (!found) throw new Error(`${kind} made no ${name} for ${site.platform} in ${site.environment.name}`);
  return found;
}

/** The name of a generated file without its folders. */
export function fileName({ path }: Artifact): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The same without what comes after the dot. */
export function baseName(artifact: Artifact): string {
  return fileName(artifact).replace(/\.[a-z]+$/, "");
}
