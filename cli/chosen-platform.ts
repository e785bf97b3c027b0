import type { Platform } from "../model/model.ts";
import { type Project, selectedOf } from "../model/project.ts";
import { UsageError } from "../problems/problem.ts";

/** The platform of a name, or the only one there is. Throws a UsageError. */
export function chosenPlatform(project: Project, name: string | undefined): Platform {
  const { platforms } = project.model;
  const wanted = name ?? (platforms.length === 1 ? platforms[0]?.name : undefined);
  if (wanted === undefined) throw new UsageError([which(platforms.map((one) => one.name))]);
  selectedOf(project, { platform: [wanted] });
  const platform = platforms.find((one) => one.name === wanted);
  if (!platform) throw new Error(`${wanted} was not read`);
  return platform;
}

function which(platforms: readonly string[]) {
  return {
    rule: "lab/which",
    severity: "error",
    message: `there are several platforms: ${platforms.join(", ")}`,
    fix: "say which one: --platform PLATFORM",
  } as const;
}
