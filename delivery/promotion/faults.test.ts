// What befalls whoever promotes: killed, stopped, out of room, many at once. Each process is a real one, with a ledger in a folder or on a Git ref.
import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { digestOf } from "../gate/record.ts";
import { somebody } from "../signing/people-of-test.ts";
import { ENVIRONMENT, type Trial, trialRelease, trialSite } from "./fixtures/trial-site.ts";
import { abort, promote, resume } from "./promote.ts";
import { stateOf } from "./state.ts";

vi.setConfig({ testTimeout: howMany(20, 120) * 60_000, hookTimeout: 10 * 60_000 });

const [A, B] = [trialRelease("a"), trialRelease("b")] as const;
const { pem } = somebody("robot");
let folder: string;
/** A project in which A runs, and B is known; each trial has a copy. */
let template: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-promote-faults-"));
  program = join(folder, "promoter.mjs");
  await build({
    ...{ entryPoints: [join(rootFolder, "delivery/promotion/fixtures/promoter.ts")], outfile: program },
    ...{ bundle: true, platform: "node", format: "esm", logLevel: "error", packages: "bundle" },
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  template = join(folder, "template");
  await mkdir(template);
  const trial = { root: template, pem };
  const { ledger } = trialSite(trial);
  for (const { content } of [A, B]) await ledger.add(() => ({ kind: "release", release: content }));
  await promote({ release: A.digest }, trialSite(trial));
  // What A had been tried with is for everybody by now: the flag is B's.
  await writeFile(
    join(template, "flags.json"),
    JSON.stringify({ router: { version: 9, definition: { at: 0 } } }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let copies = 0;
async function project(): Promise<Trial> {
  const root = join(folder, `project-${copies++}`);
  await cp(template, root, { recursive: true });
  // The ledger remembers how it was last seen by where it is.
  return { root, pem };
}

interface Ended {
  moments: string[];
  last: string;
  signal: NodeJS.Signals | null;
  stderr: string;
}

interface Told extends Trial {
  does?: string;
  release?: string;
  kill?: string;
  stop?: string;
}

function start(told: Told) {
  const asked = JSON.stringify({ does: "promote", release: B.digest, ...told });
  const child = spawn(process.execPath, [program, asked], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: string[] = [];
  let text = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    lines.splice(0, lines.length, ...text.split("\n").slice(0, -1));
  });
  const ended = new Promise<Ended>((done) =>
    child.on("close", (_, signal) =>
      done({
        moments: lines.filter((line) => /^[a-z0-9-]+: /.test(line)),
        last: lines.at(-1) ?? "",
        signal,
        stderr,
      }),
    ),
  );
  return { child, lines, ended };
}

/** What there is: by the ledger, by the lock file, and by the flags. */
async function found(trial: Trial) {
  const { records } = await trialSite(trial).ledger.read();
  const state = stateOf(records);
  const { release, images, promotion, token } = JSON.parse(
    await readFile(join(trial.root, "promotion/shop/prod.lock.json"), "utf8"),
  );
  const flags = JSON.parse(await readFile(join(trial.root, "flags.json"), "utf8"));
  const there = state.environments.get(ENVIRONMENT);
  return {
    runs: there?.stays.at(-1),
    underWay: there?.underWay,
    images: digestOf(images),
    release,
    flag: flags.router.definition.at,
    // Whose lock file it is: the newest token of the promotion that ended last.
    isNewest: state.promotions.get(promotion)?.token === token,
  };
}

/** Nothing is half there: ledger, lock file and flags agree, and nobody is at work. */
async function expectWhole(trial: Trial, one: typeof A, what: string): Promise<void> {
  expect({ what, ...(await found(trial)) }).toEqual({
    what,
    runs: { release: one.digest, from: expect.any(String), isVerified: true },
    underWay: undefined,
    images: digestOf(one.content.images),
    release: one.digest,
    flag: what.includes("back") ? 0 : 100,
    isNewest: true,
  });
}

/** Records that a process was told are durable are those that it names before the moment at which it was killed. */
async function expectNothingLost({ moments }: Ended, trial: Trial): Promise<void> {
  const { records } = await trialSite(trial).ledger.read();
  const has = records.flatMap(({ entry }) =>
    entry.kind === "step" ? [`${entry.step}: ${entry.state}`] : [entry.kind],
  );
  const acknowledged = moments.filter(
    (moment) => / (begun|done)$/.test(moment) && !/^(begin|ended|hold)/.test(moment),
  );
  for (const moment of acknowledged) expect(has).toContain(moment);
}

const GOOD = { errors: 0 };
const BAD = { errors: 300 };

async function momentsOf(more: Partial<Trial>): Promise<string[]> {
  const trial = await project();
  const { moments, last, stderr } = await start({ ...trial, ...more }).ended;
  expect(last, stderr).toMatch(/^outcome /);
  return moments;
}

/** Has a process killed at a moment, and what it left brought to its end by another. */
async function killedAt(moment: string, { more, by }: { more: Partial<Trial>; by: "resume" | "abort" }) {
  const trial = await project();
  const ended = await start({ ...trial, ...more, kill: moment }).ended;
  expect({ moment, signal: ended.signal, stderr: ended.stderr }).toEqual({
    moment,
    signal: "SIGKILL",
    stderr: "",
  });
  await expectNothingLost(ended, trial);
  const { underWay } = await found(trial);
  const site = trialSite({ ...trial, ...more });
  if (underWay !== undefined) await (by === "resume" ? resume(site) : abort(site));
  else if (moment === "begin: to begin") await promote({ release: B.digest }, site);
  const goesBack = more.errors === BAD.errors || (by === "abort" && underWay !== undefined);
  await expectWhole(trial, goesBack ? A : B, `${moment}, ${by}${goesBack ? ", back" : ""}`);
}

test("kill -9 at each moment of a promotion loses nothing that was told, and leaves nothing half there", async () => {
  const moments = await momentsOf(GOOD);
  expect(moments.length).toBeGreaterThan(20);
  for (let round = 0; round < howMany(1, 20); round++)
    for (const [i, moment] of [...new Set(moments)].entries())
      await killedAt(moment, { more: GOOD, by: (i + round) % 3 === 0 ? "abort" : "resume" });
});

test("kill -9 at each moment of the way back is gone on with, back", async () => {
  const moments = await momentsOf(BAD);
  const back = [...new Set(moments.slice(moments.findIndex((moment) => moment.endsWith("failed"))))];
  expect(back).toContain("back-lock-file: fenced");
  expect(back).toContain("hold: done");
  for (let round = 0; round < howMany(1, 20); round++)
    for (const [i, moment] of back.entries())
      await killedAt(moment, { more: BAD, by: (i + round) % 3 === 0 ? "abort" : "resume" });
});

const firstLine = async ({ lines }: ReturnType<typeof start>, line: string) =>
  expect.poll(() => lines, { timeout: 5 * 60_000 }).toContain(line);

test.each([
  ["lock-file: fenced", "before it writes"],
  ["canary-10-percent: fenced", "before it moves traffic"],
  ["verify: begun", "before it adds a record"],
])("a holder that was stopped at %s and wakes after another has gone on is refused %s", async (stop) => {
  const trial = await project();
  const stopped = start({ ...trial, leaseSeconds: 300, stop });
  await firstLine(stopped, stop);
  // Its lease is over by the clock of who takes it over, an hour later; it does not know, since it does not run.
  const later = { ...trialSite(trial), now: () => new Date(Date.now() + 3_600_000) };
  expect(await resume(later)).toMatchObject({ outcome: "promoted", runs: B.digest });
  const before = await readFile(join(trial.root, "promotion/shop/prod.lock.json"), "utf8");
  stopped.child.kill("SIGCONT");
  const { last } = await stopped.ended;
  expect(last).toMatch(/^refused promotion\/taken-over: /);
  expect(await readFile(join(trial.root, "promotion/shop/prod.lock.json"), "utf8")).toBe(before);
  await expectWhole(trial, B, stop);
});

test("whoever is at work is not taken for gone, however long it takes", async () => {
  const trial = await project();
  const stopped = start({ ...trial, stop: "verify: begun" });
  await firstLine(stopped, "verify: begun");
  await expect(resume(trialSite(trial))).rejects.toThrow(/promotion\/locked: .*robot \(process \d+ on /);
  stopped.child.kill("SIGCONT");
  expect((await stopped.ended).last).toMatch(/^outcome /);
});

test("of many who promote at once, from clones of their own, one wins each round, and the others are told who", async () => {
  const [many, rounds] = [howMany(8, 50), howMany(2, 3)];
  const remote = join(folder, "remote.git");
  const git = (cwd: string, ...args: string[]) => execa("git", args, { cwd, env: IDENTITY });
  await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", remote);
  const seed = join(folder, "seed");
  await git(folder, "clone", "--quiet", remote, seed);
  await git(seed, "commit", "--quiet", "--allow-empty", "--message=begin");
  await git(seed, "push", "--quiet", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/deploy");
  const ledger = { kind: "git" as const, remote: "origin", ref: "refs/fairlead/shop" };
  const clones = await Promise.all(
    Array.from({ length: many }, async (_, i) => {
      const root = join(folder, `clone-${i}`);
      await git(folder, "clone", "--quiet", remote, root);
      return { root, pem, remote: "origin", ledger };
    }),
  );
  const first = trialSite(clones[0] as Trial);
  const releases = Array.from({ length: rounds }, (_, i) => trialRelease(String(i + 1)));
  for (const { content } of releases) await first.ledger.add(() => ({ kind: "release", release: content }));
  for (const { digest } of releases) {
    // Who has begun waits until all have tried.
    const started = clones.map((trial) => start({ ...trial, release: digest, stop: "begin: done" }));
    const others = () => started.filter(({ lines }) => lines.at(-1)?.startsWith("refused "));
    await expect.poll(() => others().length, { timeout: howMany(15, 60) * 60_000 }).toBe(many - 1);
    const [winner] = started.filter((one) => !others().includes(one));
    for (const { lines } of others())
      expect(lines.at(-1)).toContain(`robot (process ${winner?.child.pid} on`);
    winner?.child.kill("SIGCONT");
    expect((await winner?.ended)?.last).toMatch(/^outcome .*"promoted"/);
    const lockFile = await git(remote, "show", "deploy:promotion/shop/prod.lock.json");
    expect(JSON.parse(lockFile.stdout)).toMatchObject({ release: digest });
  }
  const { records } = await first.ledger.read();
  expect(records.filter(({ entry }) => entry.kind === "begun")).toHaveLength(rounds);
});

const IDENTITY = {
  GIT_AUTHOR_NAME: "a",
  GIT_AUTHOR_EMAIL: "a@b",
  GIT_COMMITTER_NAME: "a",
  GIT_COMMITTER_EMAIL: "a@b",
};

test("a disk on which nothing more can be written is told, nothing is half there, and it goes on once there is room", async () => {
  const trial = await project();
  // A limit of the size of files stands for a disk that is full: nothing that is written gets any further.
  const asked = JSON.stringify({ does: "promote", release: B.digest, ...trial });
  const limited = await execa(
    "bash",
    ["-c", 'ulimit -f 0; trap "" XFSZ; exec "$0" "$@"', process.execPath, program, asked],
    {
      reject: false,
    },
  );
  expect(limited.stdout.split("\n").at(-1), limited.stderr).toMatch(/^refused .*(EFBIG|full|large)/);
  expect(await promote({ release: B.digest }, trialSite(trial))).toMatchObject({ outcome: "promoted" });
  await expectWhole(trial, B, "after there was room");
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that may not be written is told, and it goes on once it may",
  async () => {
    const trial = await project();
    await chmod(join(trial.root, "promotion/shop"), 0o500);
    await expect(promote({ release: B.digest }, trialSite(trial))).rejects.toThrow(
      /promotion\/unwritable: .*may not/,
    );
    await chmod(join(trial.root, "promotion/shop"), 0o700);
    await resume(trialSite(trial));
    await expectWhole(trial, B, "after it might");
  },
);

test("a place where a folder should be is told, and it goes on once that is mended", async () => {
  const trial = await project();
  const drafts = join(trial.root, ".fairlead/lock-files");
  await rm(drafts, { recursive: true, force: true });
  await writeFile(drafts, "");
  await expect(promote({ release: B.digest }, trialSite(trial))).rejects.toThrow(/promotion\/unwritable/);
  await rm(drafts);
  const gone = { ...trialSite(trial), now: () => new Date(Date.now() + 3_600_000) };
  await resume(gone);
  await expectWhole(trial, B, "after it was mended");
});

test("random moments: whenever a process is killed, another brings it to the same end", async () => {
  const draw = seededNumbers(9);
  for (let i = 0; i < howMany(4, 200); i++) {
    const trial = await project();
    const started = start({ ...trial, errors: draw() < 0.5 ? 0 : 300 });
    await firstLine(started, "begin: done");
    await new Promise((done) => setTimeout(done, draw() * 400));
    started.child.kill("SIGKILL");
    const ended = await started.ended;
    await expectNothingLost(ended, trial);
    const { underWay } = await found(trial);
    const isBad = JSON.parse(started.child.spawnargs.at(-1) ?? "{}").errors === 300;
    if (underWay !== undefined) await resume(trialSite({ ...trial, errors: isBad ? 300 : 0 }));
    await expectWhole(trial, isBad ? A : B, isBad ? "back" : "on");
  }
});
