import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import type { Problem } from "../../problems/problem.ts";
import { type LoadedCatalog, type LoadOptions, loadCatalog } from "./index.ts";

/** A project of a test's own, in a folder that is removed when the test is over. */
export interface TemporaryProject {
  root: string;
  write(files: Record<string, string>): Promise<void>;
  load(options?: Partial<LoadOptions>): Promise<LoadedCatalog>;
}

const fairleadEntry = fileURLToPath(new URL("./fixtures/fairlead.ts", import.meta.url));

/** A project with these files; `fairlead` is the stand-in of the fixtures. */
export async function temporaryProject(files: Record<string, string>): Promise<TemporaryProject> {
  const root = await mkdtemp(path.join(tmpdir(), "fairlead-project-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const project: TemporaryProject = {
    root,
    async write(changed) {
      for (const [file, text] of Object.entries(changed)) {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), text);
      }
    },
    load: (options) => loadCatalog(root, { fairleadEntry, ...options }),
  };
  await project.write(files);
  return project;
}

/** Problems, one a line. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ severity, rule, message, location, fix }) => {
    const place = location
      ? `${location.file}:${location.line}:${location.column}${location.exact ? "" : " near"}`
      : "-";
    return `${place} ${severity} ${rule}: ${message} → ${fix ?? "-"}`;
  });
}
