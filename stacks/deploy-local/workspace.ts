import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopCluster } from "../../tools/index.ts";

const PREFIX = "fairlead-deploy-";

/** A folder for one run: cluster, Terraform state and cdktf's output, so that two runs never meet. */
export interface Workspace {
  folder: string;
  clusterFolder: string;
  remove(): Promise<void>;
}

/** Makes the folder of a run, after removing what killed runs left: their clusters are ended first. */
export async function openWorkspace(): Promise<Workspace> {
  await removeAbandoned();
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(folder, "owner"), String(process.pid));
  return { folder, clusterFolder: clusterOf(folder), remove: () => removeRun(folder) };
}

function clusterOf(folder: string): string {
  return join(folder, "cluster");
}

async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const owner = await readFile(join(folder, "owner"), "utf8").catch(() => undefined);
    if (owner !== undefined && !isAlive(Number(owner))) await removeRun(folder);
  }
}

async function removeRun(folder: string): Promise<void> {
  await stopCluster(clusterOf(folder));
  await rm(folder, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
