import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { profileOf } from "../../load-tests/profile.ts";
import { remoteWrite, remoteWriteOutput } from "../../load-tests/remote-write.ts";
import type { LoadProfile } from "../../model/model.ts";
import { type Problem, ProblemsError } from "../../problems/problem.ts";
import { type Summary, summary } from "./result.ts";

/** Where and as whom k6 sends its requests. */
export interface Aim {
  baseUrl: string;
  /** File of the access token. */
  tokenFile?: string;
  /** Another machine may be loaded. */
  allowRemote: boolean;
  /** Prometheus that k6 writes its own metrics to. */
  prometheus?: string;
}

/** A folder with a script and its data, ready for k6. */
export interface Prepared {
  folder: string;
  /** How long the load lasts. */
  seconds: number;
  /** Which share of it, as k6 is told; all of it unless given. */
  segment: readonly string[];
}

/** What is prepared: whose profile, from which script, marked by what, and which of how many runners it is for. */
export interface Preparation {
  folder: string;
  script: string;
  platform: string;
  profile: LoadProfile;
  /** On every sample, beside platform and profile. */
  tags?: Record<string, string>;
  runner?: { number: number; of: number };
}

// Setting up users, the last answers, the summary.
const beyondLoadSeconds = 90;
/** Exit code of k6 when a threshold does not hold. */
const thresholdFailed = 99;

// k6 in the background; when standard input ends, because whoever started it is gone, k6 is ended.
const guarded = `exec 3<&0
"$@" </dev/null 3<&- &
k6=$!
{ read -r _ <&3; kill "$k6" 2>/dev/null; } &
watch=$!
wait "$k6"; code=$?
kill "$watch" 2>/dev/null
exit "$code"`;

/** Puts the generated script beside the data of a profile, and has k6 read both. Throws a ProblemsError where it cannot. */
export async function prepare(k6: string, preparation: Preparation): Promise<Prepared> {
  const { folder, script, platform, profile, tags, runner } = preparation;
  await mkdir(folder, { recursive: true });
  await copyFile(script, join(folder, "script.js")).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new ProblemsError([notGenerated(script)]) : error;
  });
  const data = profileOf(platform, profile);
  const options = { ...data.options, tags: { ...data.options.tags, ...tags } };
  await writeFile(join(folder, "profile.json"), JSON.stringify({ ...data, options }, null, 2));
  const { exitCode, stderr } = await execa(k6, ["inspect", "script.js"], {
    ...{ cwd: folder, env: environment(folder), extendEnv: false, reject: false, timeout: 60_000 },
  });
  if (exitCode !== 0) throw new ProblemsError([unreadable(script, stderr)]);
  return { folder, seconds: secondsOf(profile), segment: runner ? segmentOf(runner) : [] };
}

// All runners are told all borders, so that together they begin each iteration once.
function segmentOf({ number, of }: { number: number; of: number }): string[] {
  if (of === 1) return [];
  const borders = Array.from({ length: of + 1 }, (_, i) => (i === 0 ? "0" : i === of ? "1" : `${i}/${of}`));
  const segment = `${borders[number - 1]}:${borders[number]}`;
  return ["--execution-segment", segment, "--execution-segment-sequence", borders.join(",")];
}

/** Runs it. A threshold that does not hold is a result; throws a ProblemsError where there is none. `onStart` is told of k6's pid. */
export async function runK6(
  k6: string,
  { folder, seconds, segment }: Prepared,
  { aim, signal, onStart }: { aim: Aim; signal: AbortSignal; onStart?: (pid: number) => void },
): Promise<Summary> {
  const output = aim.prometheus === undefined ? [] : ["--out", remoteWriteOutput];
  const flags = [
    "--no-usage-report",
    "--address",
    "",
    "--include-system-env-vars=false",
    "--quiet",
    "--no-color",
  ];
  const child = execa(
    "/bin/sh",
    ["-c", guarded, "sh", k6, "run", ...flags, ...segment, ...output, ...told(aim), "script.js"],
    {
      ...{ cwd: folder, env: environment(folder, aim), extendEnv: false, reject: false, all: true },
      ...{ cancelSignal: signal, timeout: (seconds + beyondLoadSeconds) * 1000, stdin: "pipe" },
      // The shell sees to it, and the command has its own way to end when it is interrupted.
      ...{ cleanup: false, forceKillAfterDelay: 5_000 },
    },
  );
  if (child.pid !== undefined) onStart?.(child.pid);
  const { exitCode, all, timedOut } = await child;
  signal.throwIfAborted();
  await writeFile(join(folder, "k6.log"), all ?? "");
  const found = await readFile(join(folder, "summary.json"), "utf8").catch(() => undefined);
  if (found !== undefined && (exitCode === 0 || exitCode === thresholdFailed))
    return summary.parse(JSON.parse(found));
  throw new ProblemsError([failed({ exitCode, said: all ?? "", timedOut, folder })]);
}

/** Seconds that the load of a profile lasts. */
export function secondsOf({ arrivals }: LoadProfile): number {
  if (arrivals.kind === "constant") return arrivals.seconds;
  return arrivals.stages.reduce((total, { seconds }) => total + seconds, 0);
}

/** What the script is told. */
function told({ baseUrl, tokenFile, allowRemote }: Aim): string[] {
  const variables = {
    BASE_URL: baseUrl,
    SUMMARY: "summary.json",
    ...(tokenFile !== undefined && { TOKEN_FILE: tokenFile }),
    ...(allowRemote && { ALLOW_REMOTE: "yes" }),
  };
  return Object.entries(variables).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
}

// Of this process' own environment, nothing but the way to programs.
function environment(folder: string, aim?: Aim): Record<string, string> {
  const usual = { PATH: process.env.PATH ?? "", HOME: folder };
  if (aim?.prometheus === undefined) return usual;
  return { ...usual, ...remoteWrite(aim.prometheus) };
}

function notGenerated(script: string): Problem {
  return {
    rule: "lab/script-not-generated",
    severity: "error",
    message: `there is no ${script}`,
    fix: "run `fairlead generate`",
  };
}

function unreadable(script: string, said: string): Problem {
  return {
    rule: "lab/script-unreadable",
    severity: "error",
    message: `k6 cannot read ${script}: ${lastLines(said)}`,
    fix: "run `fairlead generate`: the script is generated, and may have been edited by hand",
  };
}

function failed(end: {
  exitCode: number | undefined;
  said: string;
  timedOut: boolean;
  folder: string;
}): Problem {
  const { exitCode, said, timedOut, folder } = end;
  const isFull = /no space left/i.test(said);
  const how = timedOut ? "did not end in time" : `ended with ${exitCode ?? "a signal"}`;
  return {
    rule: isFull ? "lab/disk-full" : "lab/load-broken",
    severity: "error",
    message: `k6 ${how} and left no result${said.trim() ? `: ${lastLines(said)}` : ""}`,
    fix: isFull ? "make room" : `read ${join(folder, "k6.log")}; 137 and 143 mean that it was killed`,
  };
}

function lastLines(said: string): string {
  return said.trim().split("\n").slice(-3).join(" ").slice(-500);
}
