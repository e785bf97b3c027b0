import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createProject, type ProjectChoices } from "../init/index.ts";

/** A folder with a new project in it, as `fairlead init` makes one; removed after the test. */
export async function newProject(choices: ProjectChoices = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-project-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await createProject(folder, choices);
  return folder;
}

/** Replaces text in a file of a project; the text must be there. */
export async function edit(folder: string, file: string, from: string, to: string): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
  await writeFile(
    join(folder, file),
    text.replace(from, () => to),
  );
}

/** A copy of a folder under a temporary path, removed after the test. */
export async function copyOf(folder: string, only: readonly string[]): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "fairlead-copy-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  for (const name of only) await cp(join(folder, name), join(copy, name), { recursive: true });
  return copy;
}
