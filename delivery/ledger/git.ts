import { execa } from "execa";
import { ledgerError } from "./fault.ts";

/** A remote that does not answer, and a first fetch of a long ledger. */
const TIMEOUT_MS = 120_000;

/** How a command of Git is run. */
export interface GitOptions {
  /** Bytes for standard input, as latin1. */
  input?: string;
}

/** Runs Git on one repository: never asks, never waits longer than two minutes, tells nothing secret. */
export class Git {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #cwd: string;
  readonly #settings: readonly string[];
  /** What the last command that failed said, as it may be told. */
  said = "";

  constructor(
    folder: string,
    { env, cwd, settings }: { env: NodeJS.ProcessEnv; cwd: string; settings: readonly string[] },
  ) {
    this.#folder = folder;
    this.#cwd = cwd;
    this.#settings = settings.flatMap((setting) => ["-c", setting]);
    // Of a hook that runs us, Git's own variables name another repository.
    const foreign =
      /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX)$/;
    const kept = Object.entries(env).filter(([name]) => !foreign.test(name));
    this.#env = {
      ...Object.fromEntries(kept),
      GIT_TERMINAL_PROMPT: "0",
      GCM_INTERACTIVE: "never",
      LC_ALL: "C",
    };
  }

  /** What a command says, byte for byte. Throws a ProblemsError where it fails. */
  async run(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const stdout = await this.try(args, options);
    if (stdout !== undefined) return stdout;
    const message = `Git could not ${args[0] === "push" ? "write" : "read"} the ledger: ${this.said}`;
    const fix = "see whether the remote can be reached, and whether you may fetch and push there";
    throw ledgerError({ why: "unavailable", message, fix });
  }

  /** The same; undefined where it fails. */
  async try(args: readonly string[], { input }: GitOptions = {}): Promise<string | undefined> {
    const ran = await execa("git", ["--git-dir", this.#folder, ...this.#settings, ...args], {
      ...{
        env: this.#env,
        cwd: this.#cwd,
        extendEnv: false,
        reject: false,
        timeout: TIMEOUT_MS,
        encoding: "latin1",
      },
      ...{ stripFinalNewline: false, maxBuffer: 2 ** 30, forceKillAfterDelay: 5_000 },
      ...(input === undefined ? { stdin: "ignore" } : { input: Buffer.from(input, "latin1") }),
    });
    if (!ran.failed) return ran.stdout;
    if (ran.code === "ENOENT") this.said = "git is not on the PATH";
    else if (ran.timedOut) this.said = `it took longer than ${TIMEOUT_MS / 1000} s`;
    else this.said = tellable(`${ran.stdout}\n${ran.stderr}`);
    return undefined;
  }
}

/** An address without the name and password that may stand in it. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]*@/g, "$1");
}

function tellable(said: string): string {
  const lines = said.split("\n").filter((line) => /^(fatal|error|remote|!)/.test(line));
  return withoutCredentials(lines.slice(0, 3).join("; ") || "it said nothing").slice(0, 300);
}
