// What befalls whoever promotes: killed, stopped, out of room, many at once. Each process is a real one, with a ledger in a folder or on a Git ref.
import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { howMany } from "../../tests/how-many.ts";
import { rootFolder } from "../../tests/structure/source-files.ts";
import { digestOf } from "../gate/record.ts";
import { somebody } from "../signing/people-of-test.ts";
import { ENVIRONMENT, type Trial, trialRelease, trialSite } from "./fixtures/trial-site.ts";
import { abort, promote, resume } from "./promote.ts";
import { stateOf } from "./state.ts";

vi.setConfig({ testTimeout: 20 * 60_000, hookTimeout: 10 * 60_000 });

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
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  template = join(folder, "template");
  await mkdir(template);
  const trial = { root: template, pem };
  const { ledger } = trialSite(trial);
  for (const { content } of [A, B]) await ledger.add(() => ({ kind: "release", release: content }));
  await promote({ release: A.digest }, trialSite(trial));
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
      done({ moments: lines.filter((line) => /^[a-z0-9-]+: /.test(line)), last: lines.at(-1) ?? "", signal, stderr }),
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
    runs: { release: one.digest, from: expect.any(String) },
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
  const has = records.flatMap(({ entry }) => (entry.kind === "step" ? [`${entry.step}: ${entry.state}`] : [entry.kind]));
  const acknowledged = moments.filter((moment) => / (begun|done)$/.test(moment) && !/^(begin|ended|hold)/.test(moment));
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
  expect({ moment, signal: ended.signal, stderr: ended.stderr }).toEqual({ moment, signal: "SIGKILL", stderr: "" });
  await expectNothingLost(ended, trial);
  const { underWay } = await foundOr(trial);
  const site = trialSite({ ...trial, ...more });
  if (underWay !== undefined) await (by === "resume" ? resume(site) : abort(site));
  else if (moment === "begin: to begin") await promote({ release: B.digest }, site);
  const goesBack = more.errors === BAD.errors || (by === "abort" && underWay !== undefined);
  await expectWhole(trial, goesBack ? A : B, `${moment}, ${by}${goesBack ? ", back" : ""}`);
}

const foundOr = (trial: Trial) => found(trial);

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
