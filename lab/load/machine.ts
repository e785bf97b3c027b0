import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

/** Processor time used up to a moment, in seconds. */
export interface ProcessorTime {
  /** Milliseconds since 1970. */
  at: number;
  /** Of the whole machine. */
  busy: number;
  /** Of the processes below each root, by the root's name. */
  of: Record<string, number>;
}

/** Samples of the machine, one a second. */
export interface Watch {
  samples: ProcessorTime[];
  stop(): void;
}

// A clock tick of Linux' /proc is a hundredth of a second on all its platforms.
const ticksPerSecond = 100;

/** What the machine is, for comparing results of one machine only. */
export function thisMachine(): { cores: number; processor: string; memoryBytes: number } {
  const processor = cpus()[0]?.model.trim() ?? "unknown";
  return { cores: availableParallelism(), processor, memoryBytes: totalmem() };
}

/** Reads each second how much processor time the trees of processes below these have used. Without `/proc` there are no samples. */
export function watchMachine(roots: () => Record<string, readonly number[]>): Watch {
  const samples: ProcessorTime[] = [];
  const look = () => {
    const sample = processorTime(roots());
    if (sample) samples.push(sample);
  };
  look();
  const timer = setInterval(look, 1_000);
  return {
    samples,
    stop() {
      clearInterval(timer);
      look();
    },
  };
}

function processorTime(roots: Record<string, readonly number[]>): ProcessorTime | undefined {
  const busy = machineBusy();
  if (busy === undefined) return undefined;
  const processes = readProcesses();
  const of = Object.fromEntries(
    Object.entries(roots).map(([name, pids]) => [name, secondsOfTrees(pids, processes)]),
  );
  return { at: Date.now(), busy, of };
}

function machineBusy(): number | undefined {
  try {
    // cpu user nice system idle iowait irq softirq steal
    const fields =
      readFileSync("/proc/stat", "utf8").split("\n")[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
    return (user + nice + system + irq + softirq + steal) / ticksPerSecond;
  } catch {
    return undefined;
  }
}

interface ProcessTime {
  parent: number;
  seconds: number;
}

function readProcesses(): Map<number, ProcessTime> {
  const found = new Map<number, ProcessTime>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(") ") + 2)
        .split(" ")
        .map(Number);
      found.set(Number(name), {
        parent: fields[1] ?? 0,
        seconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / ticksPerSecond,
      });
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

function secondsOfTrees(roots: readonly number[], processes: ReadonlyMap<number, ProcessTime>): number {
  const inTree = (pid: number): boolean => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (roots.includes(at)) return true;
    return false;
  };
  let seconds = 0;
  for (const [pid, process] of processes) if (inTree(pid)) seconds += process.seconds;
  return seconds;
}
