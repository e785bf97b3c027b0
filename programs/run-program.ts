import { open } from "node:fs/promises";
import { execa, type Options } from "execa";
import { followLines } from "./follow-lines.ts";

/** One outside program: where and with what it runs, and for how long it may. */
export interface Run {
  cwd: string;
  /** All of its variables. */
  env: NodeJS.ProcessEnv;
  limitSeconds: number;
  /** Ends it early. */
  signal?: AbortSignal | undefined;
  input?: string | Uint8Array | undefined;
  /**
   * How it ends before its time: at once, or, where state would be lost, by the signal that Ctrl-C sends, at which Terraform finishes what it has
   * begun and lets go of its lock.
   */
  ends?: "at-once" | "tidily";
  /** Whether what it leaves running in the background ends with it. */
  leavesNothing?: boolean;
  /** Gets its process id, once it runs. */
  onStart?: (pid: number) => void;
  /** Gets each line of its output as it comes. */
  onLine?: (line: string) => void;
  /** Whose lines: those of both streams unless told. */
  linesOf?: "stdout" | "all";
  /** Whether nothing of its output is returned, however much it is: `onLine` gets it. */
  keepsNothing?: boolean;
  /** How much output there may be, in characters, where it is not 100 million. */
  maxOutput?: number;
  /**
   * A new file for both streams of its output, instead of pipes: a program whose pipe is closed ends at its next word, so only with a file does it
   * finish what it has begun when this process is killed.
   */
  log?: string;
  /** UTF-8 unless told; latin1 gives each byte as one character. */
  encoding?: "utf8" | "latin1";
  /** Whether the line end stays with which its output ends. */
  isExact?: boolean;
}

/** How a program ended. */
export interface Ended {
  /** Absent where it came to no end of its own. */
  exitCode?: number;
  stdout: string;
  stderr: string;
  /** Both streams, as they came. */
  all: string;
  /** Why it is a failure; absent where it is none. */
  failed?: string;
  /** Whether it was ended at its time limit. */
  isLate: boolean;
  /** The system's name for why it did not start, such as ENOENT. */
  code?: string;
}

/** Runs a program to its end and returns its stdout. A failure throws with the end of its output; the rest is as `runProgram` has it. */
export async function outputOf(file: string, args: readonly string[], run: Run): Promise<string> {
  const { stdout, all, failed } = await runProgram(file, args, run);
  if (failed === undefined) return stdout;
  throw new Error(`${failed}\n${lastLines(all)}`);
}

/**
 * Runs a program, without a shell, to its end. It has a process group of its own, so that Ctrl-C does not reach it before us and it can ask
 * nothing of a terminal; the whole group ends at its time limit, when `signal` says so, and with this process, which one that ends tidily outlives.
 * Throws only if `signal` said so.
 */
export async function runProgram(file: string, args: readonly string[], run: Run): Promise<Ended> {
  run.signal?.throwIfAborted();
  const log = run.log === undefined ? undefined : await open(run.log, "ax", 0o600);
  const child = execa(file, [...args], optionsOf(run, log?.fd));
  if (child.pid !== undefined) run.onStart?.(child.pid);
  const ending = endingOf(child.pid, run);
  try {
    const { onLine = () => {}, linesOf = "all" } = run;
    const logged = run.log && (await followLines(run.log, { onLine, ended: child }));
    if (run.onLine && !log) for await (const line of child.iterable({ from: linesOf })) onLine(String(line));
    const result = await child;
    run.signal?.throwIfAborted();
    return endedAs(result, { logged, isLate: ending.isLate(), limitSeconds: run.limitSeconds });
  } finally {
    await log?.close();
    ending.forget();
    if (run.leavesNothing) signalGroup(child.pid, "SIGKILL");
  }
}

function optionsOf(run: Run, log: number | undefined) {
  const { cwd, env, input, encoding = "utf8", maxOutput } = run;
  return {
    ...{ cwd, env, extendEnv: false, reject: false, all: true, detached: true, encoding },
    ...{ buffer: !run.keepsNothing, stripFinalNewline: !run.isExact },
    ...(maxOutput !== undefined && { maxBuffer: maxOutput }),
    ...(input === undefined ? { stdin: "ignore" } : { input }),
    // Any descriptor will do; execa's types name the first few.
    ...(log !== undefined && { stdout: log as 1, stderr: log as 1 }),
  } as const satisfies Options;
}

/** What execa tells of a process, whatever it was told to keep. */
interface ChildResult {
  stdout?: unknown;
  stderr?: unknown;
  all?: unknown;
  exitCode?: number | undefined;
  failed: boolean;
  shortMessage?: string | undefined;
  code?: string | undefined;
}

function endedAs(
  { stdout, stderr, all, exitCode, failed, shortMessage, code }: ChildResult,
  { logged, isLate, limitSeconds }: { logged: string | undefined; isLate: boolean; limitSeconds: number },
): Ended {
  const why = isLate ? `took longer than ${limitSeconds} s and was ended` : String(shortMessage);
  return {
    stdout: String(stdout ?? logged ?? ""),
    stderr: String(stderr ?? ""),
    all: String(all ?? logged ?? ""),
    isLate,
    ...(!isLate && exitCode !== undefined && { exitCode }),
    ...((isLate || failed) && { failed: why }),
    ...(code !== undefined && { code }),
  };
}

// What Terraform has begun with an object of Kubernetes goes on: a rollout, which may take its ten minutes.
const SECONDS_TO_FINISH = 660;

/** Sees to it that a process ends in time, until it is told to forget it. */
function endingOf(pid: number | undefined, { ends, limitSeconds, signal }: Run) {
  let isLate = false;
  let last: NodeJS.Timeout | undefined;
  const kill = () => signalGroup(pid, "SIGKILL");
  const end = () => {
    if (ends !== "tidily") return kill();
    signalGroup(pid, "SIGINT");
    last ??= setTimeout(kill, SECONDS_TO_FINISH * 1000);
  };
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, limitSeconds * 1000);
  signal?.addEventListener("abort", end, { once: true });
  if (ends !== "tidily") process.once("exit", kill);
  return {
    isLate: () => isLate,
    forget() {
      clearTimeout(timer);
      clearTimeout(last);
      signal?.removeEventListener("abort", end);
      process.removeListener("exit", kill);
    },
  };
}

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
