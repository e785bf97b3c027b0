import { open } from "node:fs/promises";
import { execa, type Options } from "execa";
import { followLines } from "./follow-lines.ts";

/** One outside command: where and with what it runs, and for how long it may. */
export interface Command {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Ends it early. */
  signal: AbortSignal;
  limitSeconds: number;
  input?: string | undefined;
  /**
   * How it ends before its time: at once, or, where state would be lost, by the signal that Ctrl-C sends, at which Terraform finishes what it has
   * begun and lets go of its lock.
   */
  ends?: "at-once" | "tidily";
  /** Gets its process id, once it runs. */
  onStart?: (pid: number) => void;
  /** Gets each line of its output as it comes. */
  onLine?: (line: string) => void;
  /**
   * A new file for both streams of its output, instead of pipes: a program whose pipe is closed ends at its next word, so only with a file does it
   * finish what it has begun when this process is killed.
   */
  log?: string;
}

/** How a command ended. */
export interface Ended {
  stdout: string;
  /** Both streams, as they came. */
  all: string;
  /** Why it is a failure; absent where it is none. */
  failed?: string;
  /** Absent where a signal ended it, or it could not be begun. */
  exitCode?: number;
}

/** Runs a command to its end and returns its stdout. A failure throws with the end of its output; the rest is as `runToEnd` has it. */
export async function runChild(file: string, args: readonly string[], command: Command): Promise<string> {
  const { stdout, all, failed } = await runToEnd(file, args, command);
  command.signal.throwIfAborted();
  if (failed === undefined) return stdout;
  throw new Error(`${failed}\n${lastLines(all)}`);
}

/**
 * Runs a command to its end. It has a process group of its own, so that Ctrl-C does not reach it before us, and the whole group ends at its
 * time limit or when `signal` says so. Throws only if `signal` said so before it began.
 */
export async function runToEnd(file: string, args: readonly string[], command: Command): Promise<Ended> {
  command.signal.throwIfAborted();
  const log = command.log === undefined ? undefined : await open(command.log, "ax", 0o600);
  const options = optionsOf(command, log?.fd);
  const child = execa(file, [...args], options);
  if (child.pid !== undefined) command.onStart?.(child.pid);
  let last: NodeJS.Timeout | undefined;
  const end = () => {
    if (command.ends !== "tidily") return signalGroup(child.pid, "SIGKILL");
    signalGroup(child.pid, "SIGINT");
    last ??= setTimeout(() => signalGroup(child.pid, "SIGKILL"), SECONDS_TO_FINISH * 1000);
  };
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, command.limitSeconds * 1000);
  command.signal.addEventListener("abort", end, { once: true });
  try {
    const { onLine = () => {} } = command;
    const logged = command.log && (await followLines(command.log, { onLine, ended: child }));
    if (command.onLine && !log)
      for await (const line of child.iterable({ from: "all" })) onLine(String(line));
    const result = await child;
    const why = late ? `took longer than ${command.limitSeconds} s and was ended` : result.shortMessage;
    const failed = late || result.failed ? { failed: String(why) } : {};
    const { stdout = logged, all = logged, exitCode } = result;
    const code = exitCode === undefined ? {} : { exitCode };
    return { stdout: String(stdout ?? ""), all: String(all ?? ""), ...failed, ...code };
  } finally {
    await log?.close();
    clearTimeout(timer);
    clearTimeout(last);
    command.signal.removeEventListener("abort", end);
  }
}

function optionsOf({ cwd, env, input }: Command, log: number | undefined) {
  return {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    detached: true,
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    // Any descriptor will do; execa's types name the first few.
    ...(log !== undefined && { stdout: log as 1, stderr: log as 1 }),
  } as const satisfies Options;
}

// What Terraform has begun with an object of Kubernetes goes on: a rollout, which may take its ten minutes.
const SECONDS_TO_FINISH = 660;

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-40).join("\n");
}
