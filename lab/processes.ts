// Processes that outlive the command that starts them, and are found again by pid and start time together.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process, and not another one that has its number later. */
export interface KnownProcess {
  pid: number;
  /** The boot of the machine and the moment in it, as the system tells them; only to be compared. */
  startedAt: string;
}

/** What is started. */
export interface Program {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** Its output is appended there. */
  log: string;
}

/**
 * Starts a program in a group of its own. It waits until `record` has returned and runs then under the same pid: if this process is killed
 * in between, it ends at once, so that nothing runs that was not written down.
 */
export function startRecorded(program: Program, record: (process: KnownProcess) => void): ChildProcess {
  const { file, args, cwd, env, log } = program;
  const output = openSync(log, "a", 0o600);
  try {
    const held = 'read -r go || exit 1; exec "$@" </dev/null';
    const child = spawn("/bin/sh", ["-c", held, "sh", file, ...args], {
      ...{ cwd, env, detached: true, stdio: ["pipe", output, output] },
    });
    child.on("error", () => undefined);
    const startedAt = child.pid === undefined ? undefined : startOf(child.pid);
    if (child.pid === undefined || startedAt === undefined) throw new Error(`${file} could not be started`);
    record({ pid: child.pid, startedAt });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end("go\n");
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

/** Whether it still runs; one that has ended and waits to be buried does not. */
export function isRunning({ pid, startedAt }: KnownProcess): boolean {
  return startOf(pid) === startedAt;
}

/** Ends it and its group: asks, and after `patienceMs` insists. Resolves when it is gone; another process of its number is left alone. */
export async function end(known: KnownProcess, { patienceMs = 15_000 } = {}): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGTERM", patienceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!isRunning(known)) return;
    try {
      // A stopped process takes no other signal until it goes on.
      process.kill(-known.pid, "SIGCONT");
      process.kill(-known.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
    if (await within(waitMs, () => !isRunning(known))) return;
  }
  throw new Error(`process ${known.pid} does not end`);
}

/** Whether something comes true in that time, or before `signal` aborts; looks every 25 ms, unless told, and once at least. */
export async function within(
  milliseconds: number,
  isTrue: () => boolean | Promise<boolean>,
  { everyMs = 25, signal }: { everyMs?: number; signal?: AbortSignal } = {},
): Promise<boolean> {
  const until = performance.now() + milliseconds;
  while (!(await isTrue())) {
    if (performance.now() > until || signal?.aborted) return false;
    await delay(everyMs);
  }
  return true;
}

/** When a process began, or nothing if there is none of that pid, or only one that has ended. */
export function startOf(pid: number): string | undefined {
  return process.platform === "linux" ? startOnLinux(pid) : startByPs(pid);
}

// The program's name may hold blanks and brackets; behind it come the state and, 19 fields on, the start in ticks since the boot.
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(") ") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const said = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return said === "" || said.startsWith("Z") ? undefined : said.replace(/^\S+\s+/, "");
  } catch {
    return undefined;
  }
}
