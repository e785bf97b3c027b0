import { type GitResult, runGit } from "../../programs/git.ts";
import { ledgerError } from "./fault.ts";

/** A remote that does not answer, and a first fetch of a long ledger. */
const LIMIT_SECONDS = 120;

/** How a command of Git is run. */
export interface GitOptions {
  /** Bytes for standard input, as latin1. */
  input?: string;
}

/** A bare repository with a ledger, and how its remote is reached. */
export interface GitPlaced {
  env: NodeJS.ProcessEnv;
  cwd: string;
  settings: readonly string[];
  remote: string;
}

/** Runs Git on one repository, byte for byte, for two minutes at most. */
export class Git {
  readonly #folder: string;
  readonly #placed: GitPlaced;

  constructor(folder: string, placed: GitPlaced) {
    this.#folder = folder;
    this.#placed = placed;
  }

  /** What a command says, byte for byte. Throws a ProblemsError where it fails. */
  async run(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const { ok, stdout, reason } = await this.try(args, options);
    if (ok) return stdout;
    const message = `Git could not ${args[0] === "push" ? "write" : "read"} the ledger: ${reason}`;
    const fix = "see whether the remote can be reached, and whether you may fetch and push there";
    throw ledgerError({ why: "unavailable", message, fix });
  }

  /** The same; a result where it fails. */
  async try(args: readonly string[], { input }: GitOptions = {}): Promise<GitResult> {
    const { remote, ...placed } = this.#placed;
    const ended = await runGit(["--git-dir", this.#folder, ...args], {
      ...{ ...placed, remotes: [remote], limitSeconds: LIMIT_SECONDS },
      ...{ encoding: "latin1", isExact: true, maxOutput: 2 ** 30 },
      ...(input !== undefined && { input: Buffer.from(input, "latin1") }),
    });
    return { ...ended, reason: ended.reason.slice(0, 300) };
  }
}
