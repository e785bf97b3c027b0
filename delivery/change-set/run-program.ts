import { execa } from "execa";

/** Where and with what a program runs, and for how long it may. */
export interface Run {
  cwd: string;
  env: NodeJS.ProcessEnv;
  limitSeconds: number;
  /** Ends it early. */
  signal?: AbortSignal | undefined;
  input?: string;
  /** Whether what it leaves running in the background ends with it. */
  leavesNothing?: boolean;
  /** Gets each line of both streams as it comes, in place of what is returned. */
  onLine?: (line: string) => void;
}

/** How a program ended. */
export interface Ended {
  /** Absent where it came to no end of its own. */
  exitCode?: number | undefined;
  stdout: string;
  stderr: string;
  /** Why it came to no end of its own. */
  trouble?: string;
}

/**
 * Runs a program, without a shell, to its end. It has a process group of its own, so that Ctrl-C does not reach it before us and it can ask
 * nothing of a terminal; the whole group ends at its time limit, when `signal` says so, and with this process. Throws only if `signal` said so.
 */
export async function runProgram(file: string, args: readonly string[], run: Run): Promise<Ended> {
  run.signal?.throwIfAborted();
  const { cwd, env, input, onLine } = run;
  const streams = {
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    all: onLine !== undefined,
  };
  const options = { cwd, env, extendEnv: false, reject: false, detached: true, buffer: onLine === undefined };
  const child = execa(file, [...args], { ...options, ...streams });
  let late = false;
  const end = () => endGroup(child.pid);
  const timer = setTimeout(() => {
    late = true;
    end();
  }, run.limitSeconds * 1000);
  run.signal?.addEventListener("abort", end, { once: true });
  process.once("exit", end);
  try {
    if (onLine) for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    const { stdout = "", stderr = "", exitCode, shortMessage } = await child;
    run.signal?.throwIfAborted();
    const trouble = late ? `did not end within ${run.limitSeconds} s` : (shortMessage ?? "did not start");
    const said = { stdout: String(stdout), stderr: String(stderr) };
    return late || exitCode === undefined ? { ...said, trouble } : { ...said, exitCode };
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", end);
    process.removeListener("exit", end);
    if (run.leavesNothing) end();
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
