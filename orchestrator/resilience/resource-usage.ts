import { lstat, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { processTree } from "./process-tree.ts";

/** What the guardian limits. */
export const resources = ["memory", "cpu", "disk", "processes"] as const;
export type Resource = (typeof resources)[number];

/** What a session uses: bytes, cores, bytes, and a number. */
export type Usage = Record<Resource, number>;

/** Measures a session: the trees of processes under its agents, and one folder. */
export class UsageMeter {
  readonly #clock: Clock;
  readonly #folder: string;
  #before: { at: number; cpu: Map<number, number> } | undefined;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** What is used now; cores are those used since the measurement before, none at the first. */
  async measure(roots: readonly number[]): Promise<Usage> {
    const [tree, disk] = await Promise.all([processTree(roots), folderBytes(this.#folder)]);
    const now = { at: this.#clock.now(), cpu: new Map(tree.map(({ pid, cpuSeconds }) => [pid, cpuSeconds])) };
    const before = this.#before ?? now;
    this.#before = now;
    // Of what has begun since, all its time is new.
    const spent = tree.reduce((sum, { pid, cpuSeconds }) => sum + cpuSeconds - (before.cpu.get(pid) ?? 0), 0);
    const seconds = (now.at - before.at) / 1000;
    return {
      memory: tree.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      cpu: seconds > 0 ? spent / seconds : 0,
      disk,
      processes: tree.length,
    };
  }
}

/** Bytes that all files below a folder take on the disk; 0 where it is not there. Links are counted, not followed. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return folderBytes(path);
      // Blocks of 512 bytes: a sparse file takes less than its length.
      const stat = await lstat(path).catch(() => undefined);
      return (stat?.blocks ?? 0) * 512;
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of a file system; `reserved` is free for root alone. */
export interface DiskSpace {
  size: number;
  used: number;
  free: number;
  reserved: number;
}

/** Space of the file system that holds a path, as the file system itself counts it. */
export async function spaceOf(path: string): Promise<DiskSpace> {
  const { blocks, bfree, bavail, bsize } = await statfs(path);
  const [size, used, free] = [blocks, blocks - bfree, bavail].map((count) => count * bsize) as [
    number,
    number,
    number,
  ];
  return { size, used, free, reserved: size - used - free };
}
