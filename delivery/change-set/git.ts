import { mkdir } from "node:fs/promises";
import { type GitResult, nothingElse, runGit } from "../../programs/git.ts";
import { allowedProtocols } from "./remote.ts";

// Nobody's signing either: what is pushed is what was said to be.
const SETTINGS = [...nothingElse, "push.gpgSign=false"];
const LIMIT_SECONDS = 900;

/** A ref that is to be `to` if it is still `from`; nothing stands for a ref that is not there. */
export interface RefUpdate {
  ref: string;
  from?: string | undefined;
  to?: string | undefined;
}

/** How a repository of a set is reached. */
export interface Reached {
  remote: string;
  scrub(text: string): string;
  signal?: AbortSignal | undefined;
}

/** A bare repository of this run's own, beside the remote one that it works on. Git asks nothing: what it is not given, it fails for. */
export class Mirror {
  readonly folder: string;
  readonly #reached: Reached;
  #identity: Promise<string[]> | undefined;

  private constructor(folder: string, reached: Reached) {
    this.folder = folder;
    this.#reached = reached;
  }

  /** Makes an empty one in a new folder. */
  static async make(folder: string, reached: Reached): Promise<Mirror> {
    await mkdir(folder, { recursive: true });
    const mirror = new Mirror(folder, reached);
    await mirror.told(["init", "--quiet", "--bare", "--template=", "."]);
    return mirror;
  }

  /** The same one, for work that nothing ends early. */
  withoutSignal(): Mirror {
    return new Mirror(this.folder, { ...this.#reached, signal: undefined });
  }

  /** Runs Git in it. Throws only if it is to end early. */
  async run(args: readonly string[], input?: string): Promise<GitResult> {
    const { scrub, signal } = this.#reached;
    const own = { GIT_LFS_SKIP_SMUDGE: "1", GIT_ALLOW_PROTOCOL: allowedProtocols };
    const place = { cwd: this.folder, limitSeconds: LIMIT_SECONDS, own, settings: SETTINGS };
    const ended = await runGit(args, { ...place, signal, input });
    return { ...ended, reason: scrub(ended.reason) };
  }

  /** Runs Git in it and returns its stdout. Throws an Error with Git's reason. */
  async told(args: readonly string[], input?: string): Promise<string> {
    const { ok, stdout, reason } = await this.run(args, input);
    if (!ok) throw new Error(`git ${args[0]}: ${reason}`);
    return stdout;
  }

  /** The remote's refs that are named, or begin so where the name ends in /*; those that are not there are left out. Says in words why not. */
  async remoteRefs(names: readonly string[]): Promise<Map<string, string> | string> {
    const { ok, stdout, reason } = await this.run([
      "ls-remote",
      "--quiet",
      "--refs",
      "--",
      this.#reached.remote,
      ...names,
    ]);
    if (!ok) return reason;
    const lines = stdout.split("\n").filter((line) => line !== "");
    const refs = lines.map((line) => line.split("\t") as [string, string]);
    // Git takes a name for the end of one.
    const isMeant = (ref: string) =>
      names.some((one) => (one.endsWith("/*") ? ref.startsWith(one.slice(0, -1)) : ref === one));
    return new Map(refs.filter(([, ref]) => isMeant(ref)).map(([commit, ref]) => [ref, commit]));
  }

  /** The refs that it has itself. */
  async refs(): Promise<Map<string, string>> {
    const listed = await this.told(["for-each-ref", "--format=%(refname)%09%(objectname)"]);
    const lines = listed.split("\n").filter((line) => line !== "");
    return new Map(lines.map((line) => line.split("\t") as [string, string]));
  }

  /** Fetches what refspecs name. Says in words why not. */
  async fetch(names: readonly string[]): Promise<string | undefined> {
    const options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
    const { ok, reason } = await this.run(["fetch", ...options, "--", this.#reached.remote, ...names]);
    return ok ? undefined : reason;
  }

  /** Updates all these refs of the remote, or none of them. Says in words why not; it may have been done all the same, when the answer was lost. */
  async push(updates: readonly RefUpdate[]): Promise<string | undefined> {
    const leases = updates.map(({ ref, from = "" }) => `--force-with-lease=${ref}:${from}`);
    const specs = updates.map(({ ref, to = "" }) => `${to}:${ref}`);
    const options = ["--porcelain", "--atomic", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"];
    const { ok, reason } = await this.run([
      "push",
      ...options,
      ...leases,
      "--",
      this.#reached.remote,
      ...specs,
    ]);
    return ok ? undefined : reason;
  }

  /** Whether a commit is another one, or came before it. */
  async isPartOf(commit: string, other: string): Promise<boolean> {
    return (await this.run(["merge-base", "--is-ancestor", commit, other])).ok;
  }

  /** Makes a commit; by whom Git knows, otherwise by Fairlead. */
  async commitTree(
    tree: string,
    { parents, message }: { parents: readonly string[]; message: string },
  ): Promise<string> {
    this.#identity ??= this.run(["var", "GIT_COMMITTER_IDENT"]).then(({ ok }) =>
      ok ? [] : ["-c", "user.name=fairlead", "-c", "user.email=fairlead@localhost"],
    );
    const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent])];
    return (await this.told([...(await this.#identity), ...args], message)).trim();
  }
}
