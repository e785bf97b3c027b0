import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../clock.ts";
import { within } from "./within.ts";

/** How to start an agent. It sees the given variables and PATH, nothing else of the environment. */
export interface AgentCommand {
  type: string;
  command: string;
  args: readonly string[];
  folder: string;
  env: Readonly<Record<string, string>>;
}

/** How an agent's process ended; `error` where it never began. */
export interface Exit {
  code: number | null;
  signal: string | null;
  error?: string;
}

// What the kernel needs to end what was killed; more than that means that it hangs in the kernel.
const AFTER_KILL_SECONDS = 5;

/**
 * One agent as a child process, and leader of a process group of its own: what it starts ends with it. Input comes by its standard input,
 * which ends when the orchestrator does; JSON goes out by its standard output, logs by its standard error (CC-5). Whatever it writes to
 * file descriptor 3 is a sign of life.
 */
export class AgentProcess {
  readonly type: string;
  /** Resolves when the process has ended and is collected; never rejects. */
  readonly exited: Promise<Exit>;
  /** Resolves with the first sign of life. */
  readonly alive: Promise<void>;
  readonly #child: ChildProcess;
  readonly #clock: Clock;
  #lastSign: number;
  #isPaused = false;
  #lastWords = "";

  constructor({ type, command, args, folder, env }: AgentCommand, clock: Clock) {
    this.type = type;
    this.#clock = clock;
    this.#lastSign = clock.now();
    this.#child = spawn(command, args, {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      detached: true,
    });
    this.exited = this.#ending();
    this.alive = this.#signs();
    this.#listen();
  }

  /** The process, which is also the id of its group; absent where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** For what it is to do. */
  get input(): Writable {
    return this.#child.stdin as Writable;
  }

  /** For what it did. */
  get output(): Readable {
    return this.#child.stdout as Readable;
  }

  /** When it last gave a sign of life, in milliseconds of the clock; at first, when it was started. While it is paused nobody asks. */
  get lastSign(): number {
    return this.#isPaused ? this.#clock.now() : this.#lastSign;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Stops it where it is, with its group, whether it wants to or not; until `resume`. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#signal("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#lastSign = this.#clock.now();
    this.#signal("SIGCONT");
  }

  /** The last line of its log. */
  get lastWords(): string {
    return this.#lastWords;
  }

  /**
   * Asks the agent to end, kills it and all that it started after that many seconds, and waits until it is collected. "stuck": it is
   * there even then.
   */
  async terminate(seconds: number): Promise<"graceful" | "killed" | "stuck"> {
    this.#signal("SIGTERM");
    // What is stopped hears nothing.
    this.resume();
    const { late } = await within(this.#clock, seconds * 1000, this.exited);
    // Also where it ended by itself: what it started may still be there.
    this.#signal("SIGKILL");
    if (!late) return "graceful";
    const killed = await within(this.#clock, AFTER_KILL_SECONDS * 1000, this.exited);
    return killed.late ? "stuck" : "killed";
  }

  #signal(signal: "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    if (this.pid === undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // Nobody of the group is left.
    }
  }

  #ending(): Promise<Exit> {
    return new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.once("error", (error) => {
        if (this.pid === undefined) resolve({ code: null, signal: null, error: error.message });
      });
    });
  }

  #signs(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.stdio[3]?.on("data", () => {
        this.#lastSign = this.#clock.now();
        resolve();
      });
    });
  }

  #listen(): void {
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = text.trimEnd().split("\n").at(-1)?.slice(0, 500) ?? this.#lastWords;
    });
    // Streams to a process that ends fail; its exit says it.
    for (const stream of this.#child.stdio) stream?.on("error", () => {});
  }
}
