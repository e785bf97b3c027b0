import { readdir, readFile } from "node:fs/promises";

/** What a process says of itself, and who started it. */
export interface ProcessUsage {
  pid: number;
  parent: number;
  group: number;
  /** Memory in RAM. */
  memoryBytes: number;
  /** Processor time since its start, in user and system mode. */
  cpuSeconds: number;
  /** When it was started, in clock ticks since the machine was: with its id, one process and no other. */
  startTicks: number;
}

// What Linux counts in: clock ticks (USER_HZ, 100 on every architecture that Node runs on) and pages.
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** All processes of the machine, by the kernel's own account (`proc_pid_stat(5)`); those that end meanwhile are left out. Linux only. */
export async function allProcesses(): Promise<ProcessUsage[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, "utf8").catch(() => "")));
  return stats.flatMap((stat) => usageOf(stat) ?? []);
}

/** Processes with all that they started, also what has left them since within their process groups; empty when none is left. */
export async function processTree(roots: readonly number[]): Promise<ProcessUsage[]> {
  const all = await allProcesses();
  const tree = new Set(
    all.filter(({ pid, group }) => roots.includes(pid) || roots.includes(group)).map(({ pid }) => pid),
  );
  for (let size = -1; size !== tree.size; ) {
    size = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all.filter(({ pid }) => tree.has(pid));
}

// pid (name) state ppid pgrp …: the name may hold anything, brackets too. What has ended and was not collected uses nothing.
function usageOf(stat: string): ProcessUsage | undefined {
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  if (end < 0 || fields[0] === "Z" || fields[0] === "X") return undefined;
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(stat, 10),
    parent: field(4),
    group: field(5),
    memoryBytes: field(24) * PAGE_BYTES,
    cpuSeconds: (field(14) + field(15)) / TICKS_PER_SECOND,
    startTicks: field(22),
  };
}
