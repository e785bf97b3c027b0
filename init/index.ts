import { cp, mkdir, readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { packageFile } from "../package-root.ts";
import { ProblemsError } from "../problems/problem.ts";

/** The CI servers that a new project can have the files for. */
export const ciServers = ["github", "gitlab"] as const;
export type CiServer = (typeof ciServers)[number];

/**
 * Writes the files of a new project into `folder`, which must be empty or not exist. Throws a ProblemsError and writes nothing
 * if it holds anything.
 */
export async function createProject(folder: string, ci: CiServer = "github"): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw unusable(folder, error.code === "ENOTDIR" ? "is a file" : `cannot be read (${error.code})`);
  });
  if (present.length > 0) throw unusable(folder, "is not empty");
  await mkdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    throw unusable(folder, `cannot be made (${error.code})`);
  });
  await cp(packageFile("init/template"), folder, { recursive: true });
  await cp(packageFile(`init/ci/${ci}`), folder, { recursive: true });
  // npm leaves files named .gitignore out of packages.
  await rename(join(folder, "gitignore"), join(folder, ".gitignore"));
}

function unusable(folder: string, why: string): ProblemsError {
  const message = `"${folder}" ${why}`;
  return new ProblemsError([
    { rule: "init/folder", severity: "error", message, fix: "name a new or an empty folder" },
  ]);
}
