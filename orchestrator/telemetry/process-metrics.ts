import { readdir, readFile } from "node:fs/promises";
import { totalmem } from "node:os";
import {
  constants,
  monitorEventLoopDelay,
  type PerformanceEntry,
  PerformanceObserver,
  performance,
} from "node:perf_hooks";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import type { Instruments } from "./instruments.ts";
import { plain } from "./readings.ts";

const startedAt = (Date.now() - performance.now()) / 1000;

/** Has what Prometheus' client libraries say of a process read, and what OpenTelemetry says of Node.js, as far as it is declared. */
export function observeProcess(on: Instruments): () => void {
  observeSystem(on);
  observeMemory(on);
  const stops = [observeEventLoop(on), countCollections(on)];
  return () => {
    for (const stop of stops) stop();
  };
}

function observeSystem(on: Instruments): void {
  on.observe("process_resident_memory_bytes", () => plain(process.memoryUsage.rss()));
  on.observe("process_cpu_seconds_total", () => {
    const { user, system } = process.cpuUsage();
    return plain((user + system) / 1e6);
  });
  on.observe("process_start_time_seconds", () => plain(startedAt));
  on.observe("process_open_fds", async () => plain((await readdir("/proc/self/fd").catch(() => [])).length));
  on.observe("process_max_fds", async () => {
    const limits = await readFile("/proc/self/limits", "utf8").catch(() => "");
    return plain(Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0));
  });
  on.observe("v8js_resource_active", () => {
    const counts = new Map<string, number>();
    for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return [...counts].map(([v8js_resource_type, value]) => ({ labels: { v8js_resource_type }, value }));
  });
}

const spaces = ["new_space", "old_space", "code_space", "large_object_space"];

function observeMemory(on: Instruments): void {
  on.observe("nodejs_heap_size_limit_bytes", () => plain(getHeapStatistics().heap_size_limit));
  on.observe("v8js_memory_heap_used_bytes", () => {
    const used = new Map<string, number>([...spaces, "_OTHER"].map((space) => [space, 0]));
    for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
      const space = spaces.includes(space_name) ? space_name : "_OTHER";
      used.set(space, (used.get(space) ?? 0) + space_used_size);
    }
    return [...used].map(([v8js_heap_space_name, value]) => ({ labels: { v8js_heap_space_name }, value }));
  });
}

function observeEventLoop(on: Instruments): () => void {
  if (!on.has("nodejs_eventloop_delay_p99_seconds")) return () => undefined;
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  on.observe("nodejs_eventloop_delay_p99_seconds", () => {
    const p99 = delay.percentile(99) / 1e9;
    delay.reset();
    return plain(p99);
  });
  let last = performance.eventLoopUtilization();
  on.observe("nodejs_eventloop_utilization_ratio", () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return plain(utilization);
  });
  return () => delay.disable();
}

const collections = new Map<number, string>([
  [constants.NODE_PERFORMANCE_GC_MAJOR, "major"],
  [constants.NODE_PERFORMANCE_GC_MINOR, "minor"],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, "incremental"],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, "weakcb"],
]);

function countCollections(on: Instruments): () => void {
  if (!on.has("v8js_gc_duration_seconds")) return () => undefined;
  const observer = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as (PerformanceEntry & {
      detail: { kind: number };
    })[]) {
      const v8js_gc_type = collections.get(detail.kind) ?? "weakcb";
      on.record("v8js_gc_duration_seconds", { v8js_gc_type }, duration / 1000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  return () => observer.disconnect();
}

/** Bytes that the process was given: by its control group, or all that the machine has. */
export async function memoryLimit(): Promise<number> {
  const text = await readFile("/sys/fs/cgroup/memory.max", "utf8").catch(() => "max");
  const limit = Number(text);
  return Number.isFinite(limit) && limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

const toleratedZombieMs = 5_000;
const zombiesSince = new Map<number, number>();

/** Children that ended more than 5 s ago and were not collected, as looks at `/proc` so far tell; 0 where there is none. */
export async function zombies(): Promise<number> {
  const now = performance.now();
  const threads = await readdir("/proc/self/task").catch(() => []);
  const lists = threads.map((thread) =>
    readFile(`/proc/self/task/${thread}/children`, "utf8").catch(() => ""),
  );
  const children = (await Promise.all(lists)).flatMap((list) => list.split(" ").filter(Boolean).map(Number));
  const dead = new Set<number>();
  for (const pid of children) {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
    // The name before it may hold anything, brackets and spaces too.
    if (stat.slice(stat.lastIndexOf(")") + 2, stat.lastIndexOf(")") + 3) === "Z") dead.add(pid);
  }
  for (const pid of zombiesSince.keys()) if (!dead.has(pid)) zombiesSince.delete(pid);
  for (const pid of dead) if (!zombiesSince.has(pid)) zombiesSince.set(pid, now);
  return [...zombiesSince.values()].filter((since) => now - since > toleratedZombieMs).length;
}
