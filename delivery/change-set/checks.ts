import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { withoutGit } from "../../programs/git.ts";
import { runProgram } from "../../programs/run-program.ts";
import type { ChangeSet } from "./change-set.ts";
import { neededBy } from "./order.ts";
import type { Prepared } from "./prepare.ts";

/** How a repository's check ended. */
export interface CheckResult {
  name: string;
  result: "passed" | "failed" | "not run" | "has none";
  /** Why it did not pass, in a few words. */
  reason?: string;
  /** File of what it said; without secrets. */
  log?: string;
}

/** Where checks run, and where what they say is kept. */
export interface CheckPlace {
  /** For the checked out repositories. */
  folder: string;
  logs: string;
  signal?: AbortSignal | undefined;
  say(line: string): void;
}

/**
 * Runs each repository's check in a clean checkout of what its target would become, after those of all that it needs, and independent ones at
 * once. Variables say where what it needs is checked out: FAIRLEAD_CHANGE_SET_NAME for each name, in capitals. After a failure what needs the
 * failed one is not run; the rest is.
 */
export async function runChecks(
  set: ChangeSet,
  prepared: readonly Prepared[],
  place: CheckPlace,
): Promise<CheckResult[]> {
  await mkdir(place.logs, { recursive: true });
  const running = new Map<string, Promise<CheckResult>>();
  for (const one of prepared) {
    const needs = neededBy(one.repository, set.repositories).map(({ name }) => name);
    running.set(one.repository.name, afterNeeds(one, { needs, running, place, set }));
  }
  return Promise.all(running.values());
}

interface Surroundings {
  needs: readonly string[];
  running: ReadonlyMap<string, Promise<CheckResult>>;
  place: CheckPlace;
  set: ChangeSet;
}

async function afterNeeds(one: Prepared, { needs, running, place, set }: Surroundings): Promise<CheckResult> {
  const { name } = one.repository;
  const before = await Promise.all(needs.map((need) => running.get(need)));
  const failed = before.flatMap((need) =>
    need?.result === "failed" || need?.result === "not run" ? [need.name] : [],
  );
  if (failed.length > 0) return { name, result: "not run", reason: `${failed.join(", ")} did not pass` };
  const folder = join(place.folder, name);
  await checkOut(one, folder);
  if (!one.repository.check) return { name, result: "has none" };
  place.say(`${name}: its check runs`);
  const paths = needs.map((need) => [variableOf(need), join(place.folder, need)]);
  return checked(one, {
    folder,
    place,
    scrub: set.scrub,
    env: { ...withoutGit(process.env), ...Object.fromEntries(paths) },
  });
}

/** The variable that tells checks where a repository is checked out. */
function variableOf(name: string): string {
  return `FAIRLEAD_CHANGE_SET_${name.toUpperCase().replaceAll("-", "_")}`;
}

// A clone, so that a check finds a repository like any other and can do nothing to the one that is pushed from.
async function checkOut({ mirror, entry }: Prepared, folder: string): Promise<void> {
  await mirror.told(["update-ref", "refs/heads/change-set", entry.new]);
  const options = ["--quiet", "--no-tags", "--single-branch", "--branch", "change-set", "--template="];
  await mirror.told(["clone", ...options, "--", mirror.folder, folder]);
}

async function checked(
  { repository }: Prepared,
  {
    folder,
    place,
    scrub,
    env,
  }: { folder: string; place: CheckPlace; scrub(text: string): string; env: NodeJS.ProcessEnv },
): Promise<CheckResult> {
  const { name, check = [], limitSeconds } = repository;
  const [file = "", ...args] = check;
  const log = join(place.logs, `${name}.log`);
  const said = createWriteStream(log);
  const onLine = (line: string) => said.write(`${scrub(line)}\n`);
  // What it left running would go on in a folder that is removed.
  const run = { cwd: folder, env, limitSeconds, signal: place.signal, onLine };
  const { exitCode, isLate, failed } = await runProgram(file, args, {
    ...run,
    keepsNothing: true,
    leavesNothing: true,
  }).finally(() => said.end());
  await finished(said);
  if (exitCode === 0) return { name, result: "passed", log };
  const why = exitCode === undefined ? failed : `exit code ${exitCode}`;
  const reason = isLate ? `did not end within ${limitSeconds} s` : scrub(why ?? "did not start");
  return { name, result: "failed", reason, log };
}
