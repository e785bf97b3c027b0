import { readdir, readFile } from "node:fs/promises";
import type { Store } from "../../orchestrator/store/database.ts";

/** Of /proc/PID/stat: clock ticks of a second, on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds since their start, user and system. */
export interface CpuSeconds {
  /** Of this process. */
  node: number;
  /** Of the database's server with all its backends, also those that have ended; it must run on this machine, under Linux. */
  postgres: number;
}

/** What this process and the server of its store have used of the CPU so far: unlike seconds, it does not depend on what else runs. */
export async function cpuSeconds({ pool }: Store): Promise<CpuSeconds> {
  const { user, system } = process.cpuUsage();
  const { rows } = await pool.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const server = (await statOf(String(rows[0]?.pid)))?.parent ?? "";
  const all = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(statOf));
  const ofServer = all.flatMap((one) => {
    if (one?.pid === server) return one.own + one.ended;
    return one?.parent === server ? one.own : [];
  });
  return { node: (user + system) / 1e6, postgres: ofServer.reduce((sum, one) => sum + one, 0) };
}

/** CPU milliseconds of each of so many operations, since `before`. */
export function cpuOfEach(count: number, before: CpuSeconds, after: CpuSeconds): CpuSeconds {
  const each = (name: keyof CpuSeconds) =>
    Number((((after[name] - before[name]) * 1_000) / count).toFixed(3));
  return { node: each("node"), postgres: each("postgres") };
}

/** A process and its CPU seconds, with those of its children that have ended; nothing: it has ended itself. */
async function statOf(pid: string) {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (stat === undefined) return undefined;
  // The name of the program, in parentheses, may have spaces; after it the state, then numbers: see proc(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const seconds = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) / ticksPerSecond;
  return { pid, parent: fields[1] ?? "", own: seconds(11), ended: seconds(13) };
}
