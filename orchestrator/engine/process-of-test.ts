import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** For tests: one process of the orchestrator, as it was built. */
export interface OrchestratorProcess {
  pid: number;
  /** Resolves when it says that it is ready. */
  ready: Promise<void>;
  /** Resolves with its exit code, or the signal that ended it. */
  exited: Promise<number | string>;
  kill(signal: "SIGKILL" | "SIGTERM"): void;
  /** All lines that it wrote. */
  lines: string[];
  /** Those of its log, on standard error. */
  log: string[];
}

const program = fileURLToPath(new URL("../../dist/orchestrator/main.js", import.meta.url));

/** Starts a process that writes down what its workers do. */
export function startProcess(environment: Record<string, string>): OrchestratorProcess {
  const child: ChildProcess = spawn(process.execPath, [program], {
    env: { PATH: process.env.PATH, ORCHESTRATOR_WORK_LOG: "on", ORCHESTRATOR_RETRY_MS: "10", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const log: string[] = [];
  if (child.stderr) createInterface({ input: child.stderr }).on("line", (line) => log.push(line));
  const exited = new Promise<number | string>((done) =>
    child.on("exit", (code, signal) => done(code ?? signal ?? "")),
  );
  const ready = new Promise<void>((done, failed) => {
    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      lines.push(...text.split("\n").slice(0, -1));
      text = text.slice(text.lastIndexOf("\n") + 1);
      if (lines.some((line) => line.includes('"ready"'))) done();
    });
    void exited.then((how) =>
      failed(new Error(`it ended (${how}) before it was ready: ${lines.at(-1)} ${log.at(-1)}`)),
    );
  });
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready, exited, kill: (signal) => void child.kill(signal), lines, log };
}
