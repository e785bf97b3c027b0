import { lstat, mkdir } from "node:fs/promises";

/** Makes a folder that nobody else can write to; throws where it is there and another's: what is read from it must be our own. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(path);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0)
    throw new Error(
      `${path} belongs to another user, or others may write to it: name a folder of its own by ORCHESTRATOR_SESSIONS`,
    );
}
