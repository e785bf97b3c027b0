import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder that is gone again when the test that asked for it is over. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Puts a program into a folder that says one thing whatever it is asked; returns the folder, for a PATH. */
export const fakeTool = (name: string, says: string) => fakeProgram(name, `echo '${says}'`);

/** Puts a script of the shell into a folder; returns the folder, for a PATH. */
export async function fakeProgram(name: string, script: string): Promise<string> {
  const folder = await temporaryFolder();
  const file = join(folder, name);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
  return folder;
}
