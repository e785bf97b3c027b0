// What befalls whoever promotes: killed, stopped, out of room. Each process is a real one, with a ledger in a folder.
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { twoAtATime } from "../../checks/two-at-a-time.ts";
import { howMany } from "../../tests/how-many.ts";
import { seededNumbers } from "../../tests/seeded-numbers.ts";
import {
  A,
  B,
  type Ended,
  expectWhole,
  found,
  openPromoters,
  type Promoters,
  said,
} from "./fixtures/promoters.ts";
import { type Trial, trialSite } from "./fixtures/trial-site.ts";
import { abort, promote, resume } from "./promote.ts";

vi.setConfig({ testTimeout: howMany(20, 120) * 60_000, hookTimeout: 10 * 60_000 });

let promoters: Promoters;
const project = () => promoters.project();
const start: Promoters["start"] = (told) => promoters.start(told);
beforeAll(async () => {
  promoters = await openPromoters();
});
afterAll(() => promoters.close());

/** The site an hour later: whatever lease there was is over. */
const later = (trial: Trial) => ({ ...trialSite(trial), now: () => new Date(Date.now() + 3_600_000) });

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

/** Each moment in each round, brought to its end in turns by both. Two at a time: each waits most of the time, for a process to start or for the disk. */
async function killedAtEach(moments: readonly string[], more: Partial<Trial>): Promise<string> {
  const rounds = howMany(1, 20);
  const kills = Array.from({ length: rounds }, (_, round) =>
    moments.map((moment, i) => ({
      moment,
      by: (i + round) % 3 === 0 ? ("abort" as const) : ("resume" as const),
    })),
  ).flat();
  await twoAtATime(kills, ({ moment, by }) => killedAt(moment, { more, by }));
  return `${moments.length} moments, each ${rounds} times: ${kills.length} kills`;
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

test.concurrent("kill -9 at each moment of a promotion loses nothing that was told, and leaves nothing half there", async ({
  annotate,
}) => {
  const moments = await momentsOf(GOOD);
  expect(moments.length).toBeGreaterThan(20);
  await annotate(await killedAtEach([...new Set(moments)], GOOD));
});

test.concurrent("kill -9 at each moment of the way back is gone on with, back", async ({ annotate }) => {
  const moments = await momentsOf(BAD);
  const back = [...new Set(moments.slice(moments.findIndex((moment) => moment.endsWith("failed"))))];
  expect(back).toContain("back-lock-file: fenced");
  expect(back).toContain("hold: done");
  await annotate(await killedAtEach(back, BAD));
});

test.concurrent("random moments: whenever a process is killed, another brings it to the same end", async ({
  annotate,
}) => {
  const draw = seededNumbers(9);
  const kills = Array.from({ length: howMany(4, 200) }, () => ({
    more: draw() < 0.5 ? GOOD : BAD,
    afterMs: draw() * 400,
  }));
  const wereUnderWay = await twoAtATime(kills, async ({ more, afterMs }) => {
    const trial = await project();
    const started = start({ ...trial, ...more });
    await said(started, "begin: done");
    await delay(afterMs);
    started.child.kill("SIGKILL");
    await expectNothingLost(await started.ended, trial);
    const { underWay } = await found(trial);
    if (underWay !== undefined) await resume(trialSite({ ...trial, ...more }));
    await expectWhole(trial, more === BAD ? A : B, more === BAD ? "back" : "on");
    return underWay !== undefined;
  });
  await annotate(`${kills.length} kills, ${wereUnderWay.filter(Boolean).length} before it had ended`);
});

test.each([
  ["lock-file: fenced", "before it writes"],
  ["canary-10-percent: fenced", "before it moves traffic"],
  ["verify: begun", "before it adds a record"],
])("a holder that was stopped at %s and wakes after another has gone on is refused %s", async (stop) => {
  const trial = await project();
  const stopped = start({ ...trial, leaseSeconds: 300, stop });
  await said(stopped, stop);
  // Its lease is over by the clock of who takes it over, an hour later; it does not know, since it does not run.
  expect(await resume(later(trial))).toMatchObject({ outcome: "promoted", runs: B.digest });
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
  await said(stopped, "verify: begun");
  await expect(resume(trialSite(trial))).rejects.toThrow(/promotion\/locked: .*robot \(process \d+ on /);
  stopped.child.kill("SIGCONT");
  expect((await stopped.ended).last).toMatch(/^outcome /);
});

test("a disk on which nothing more can be written is told, nothing is half there, and it goes on once there is room", async () => {
  const trial = await project();
  const { last, stderr } = await start({ ...trial, isFull: true }).ended;
  expect(last, stderr).toMatch(/^refused .*(EFBIG|full|large)/);
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
    await resume(later(trial));
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
  await resume(later(trial));
  await expectWhole(trial, B, "after it was mended");
});
