import { execa, type Options } from "execa";

/** One outside command: where and with what it runs, and for how long it may. */
export interface Command {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Ends it early. */
  signal: AbortSignal;
  limitSeconds: number;
  input?: string | undefined;
  /** Gets each line of its output as it comes. */
  onLine?: (line: string) => void;
}

/**
 * Runs a command to its end and returns its stdout. It has a process group of its own, so that Ctrl-C does not reach it
 * before us, and the whole group ends at its time limit or when `signal` says so. A failure throws with the end of its output.
 */
export async function runChild(file: string, args: readonly string[], command: Command): Promise<string> {
  command.signal.throwIfAborted();
  const options = {
    cwd: command.cwd,
    env: command.env,
    extendEnv: false,
    reject: false,
    all: true,
    detached: true,
    ...(command.input === undefined ? { stdin: "ignore" } : { input: command.input }),
  } as const satisfies Options;
  const child = execa(file, [...args], options);
  const end = () => endGroup(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    end();
  }, command.limitSeconds * 1000);
  command.signal.addEventListener("abort", end, { once: true });
  try {
    if (command.onLine)
      for await (const line of child.iterable({ from: "all" })) command.onLine(String(line));
    const result = await child;
    command.signal.throwIfAborted();
    if (!result.failed) return String(result.stdout);
    const why = late ? `took longer than ${command.limitSeconds} s and was ended` : result.shortMessage;
    throw new Error(`${why}\n${lastLines(String(result.all ?? ""))}`);
  } finally {
    clearTimeout(timer);
    command.signal.removeEventListener("abort", end);
  }
}

/** Nothing that is started here needs a tidy end: cluster and state are thrown away together. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-40).join("\n");
}
