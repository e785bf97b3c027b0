import { scrubberOf } from "./git-credentials.ts";
import { type Ended, type Run, runProgram } from "./run-program.ts";

/** How Git is run. */
export interface GitRun
  extends Pick<Run, "signal" | "input" | "onLine" | "linesOf" | "keepsNothing" | "maxOutput" | "encoding"> {
  cwd: string;
  limitSeconds: number;
  /** This process's variables, unless told; of those that begin with GIT_ the ones that say who somebody is and how a remote is reached. */
  env?: NodeJS.ProcessEnv | undefined;
  /** Variables of this run's own, which Git gets whatever they are. */
  own?: Readonly<Record<string, string>>;
  /** Settings for this run, such as "gc.auto=0". */
  settings?: readonly string[];
  /** Addresses whose secrets may stand in what Git says. */
  remotes?: readonly string[];
  /** Whether stdout keeps the line end that it ends with. */
  isExact?: boolean;
}

/** What a Git command came to. */
export interface GitResult {
  ok: boolean;
  /** Absent where it came to no end of its own. */
  exitCode?: number | undefined;
  stdout: string;
  /** Why it failed, in one line, as it may be told: without secrets. */
  reason: string;
}

// Git's other variables point at another repository, or make it say and do more than it is asked: a hook that runs us has them set.
const KEPT =
  /^GIT_(SSH(_COMMAND|_VARIANT)?|SSL_\w+|ASKPASS|PROXY_\w+|HTTP_\w+|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)|(AUTHOR|COMMITTER)_(NAME|EMAIL))$/;

/** Settings under which nobody's hooks run, and nothing is tidied up beside what is asked. */
export const nothingElse: readonly string[] = [
  "core.hooksPath=/dev/null",
  "gc.auto=0",
  "maintenance.auto=false",
];

/** Variables without what would steer Git otherwise than it is told. */
export function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith("GIT_") || KEPT.test(name)),
  );
}

/**
 * Runs Git to its end or its time limit. It asks nobody: what it is not given, it fails for, and says so in English. What is somebody's word (a revision, a
 * remote, a path) stands behind `--` or `--end-of-options` in `args`, so that it is never an option. Throws only if `signal` says so.
 */
export async function runGit(args: readonly string[], run: GitRun): Promise<GitResult> {
  const { env = process.env, own, settings = [], remotes = [], ...rest } = run;
  const asked = {
    GIT_TERMINAL_PROMPT: "0",
    GCM_INTERACTIVE: "never",
    SSH_ASKPASS_REQUIRE: "never",
    GIT_OPTIONAL_LOCKS: "0",
    LC_ALL: "C",
  };
  const told = settings.flatMap((setting) => ["-c", setting]);
  const ended = await runProgram("git", [...told, ...args], {
    ...rest,
    env: { ...withoutGit(env), ...asked, ...own },
  });
  const ok = ended.failed === undefined;
  const reason = ok ? "" : scrubberOf(remotes)(reasonOf(ended));
  return { ok, exitCode: ended.exitCode, stdout: ended.stdout, reason };
}

/** The whole id of the commit that a revision means in the repository around a folder; undefined where there is no such revision or repository. */
export async function commitOf(revision: string, cwd: string): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`];
  const { ok, stdout } = await runGit(args, { cwd, limitSeconds: 60 });
  return ok ? stdout : undefined;
}

/** Whether a push was refused because somebody else had pushed first, by what `git push --porcelain` says. */
export function wasOvertaken({ ok, stdout }: GitResult): boolean {
  return (
    !ok &&
    /^!.*\[(remote )?rejected\].*(fetch first|non-fast-forward|stale info|incorrect old|(cannot|failed to|unable to) (lock|update))/im.test(
      stdout,
    )
  );
}

// Also what ssh says before Git does.
const TOLD = /^(remote|fatal|error|ssh): |: Permission denied|^Permission denied|^Host key verification/;

/** What Git, or a hook of the remote, gives as the reason, on one line. */
function reasonOf({ stdout, stderr, isLate, failed, exitCode, code }: Ended): string {
  if (code === "ENOENT") return "git is not on the PATH";
  if (isLate || exitCode === undefined) return failed ?? "it did not start";
  const refused = stdout.split("\n").filter((line) => line.startsWith("!"));
  const refusals = [...new Set(refused.map((line) => line.split("\t").at(-1) ?? ""))];
  const lines = stderr.split("\n").map((line) => line.trim());
  const told = lines.filter((line) => TOLD.test(line) && !line.startsWith("error: failed to push"));
  const all = [...refusals, ...told];
  return (all.length > 0 ? all : lines.filter((line) => line !== "")).join("; ") || "it does not say why";
}
