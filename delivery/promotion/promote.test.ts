// The engine, with nothing but its ledger, its lock file and its flags; what befalls a process is in faults.test.ts.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ProblemsError } from "../../problems/problem.ts";
import { somebody } from "../signing/people-of-test.ts";
import { ENVIRONMENT, type Trial, trialRelease, trialSite } from "./fixtures/trial-site.ts";
import { abort, promote, resume } from "./promote.ts";
import { rollback } from "./rollback.ts";
import type { Site } from "./site.ts";
import { stateOf } from "./state.ts";
import type { Canary } from "./step.ts";

const [A, B, C] = [trialRelease("a"), trialRelease("b"), trialRelease("c")] as const;

/** A project whose ledger knows three releases, the first of which runs. */
async function project(more: Partial<Trial> = {}): Promise<Trial> {
  const root = await mkdtemp(join(tmpdir(), "fairlead-promote-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const trial = { root, pem: somebody("robot").pem, ...more };
  const { ledger } = trialSite(trial);
  for (const { content } of [A, B, C]) await ledger.add(() => ({ kind: "release", release: content }));
  return trial;
}

const lockFile = async ({ root }: Trial) =>
  JSON.parse(await readFile(join(root, "promotion/shop/prod.lock.json"), "utf8"));
const flags = async ({ root }: Trial) => JSON.parse(await readFile(join(root, "flags.json"), "utf8"));
const stateIn = async (trial: Trial) => {
  const state = stateOf((await trialSite(trial).ledger.read()).records);
  return state.environments.get(ENVIRONMENT);
};

test("a release enters step by step, each in the ledger before and after it is done (PM-6)", async () => {
  const trial = await project();
  const outcome = await promote({ release: A.digest }, trialSite(trial));
  expect(outcome).toMatchObject({ outcome: "promoted", runs: A.digest, held: false });
  const { records } = await trialSite(trial).ledger.read();
  const told = records.flatMap(({ entry }) =>
    entry.kind === "step" ? [`${entry.step} ${entry.state}`] : [entry.kind],
  );
  const steps = ["lock-file", "canary-10-percent", "canary-100-percent"];
  const both = (name: string) => [
    `${name} begun`,
    ...(name.startsWith("canary") ? ["renewed"] : []),
    `${name} done`,
  ];
  expect(told).toEqual([
    ...["release", "release", "release", "begun"],
    ...steps.flatMap(both),
    ...["verify begun", "check", "verify done", "ended"],
  ]);
  expect(await lockFile(trial)).toMatchObject({ release: A.digest, images: A.content.images, token: 4 });
  expect((await stateIn(trial))?.stays.map(({ release }) => release)).toEqual([A.digest]);
});

test.each([
  ["a canary that fails", { errors: 200 }],
  ["a check that fails", { check: 3 }],
])("%s takes the release back by itself, and holds the environment (WV-19, AH-3)", async (_, bad) => {
  const trial = await project();
  await promote({ release: A.digest }, trialSite(trial));
  const outcome = await promote({ release: B.digest }, trialSite({ ...trial, ...bad }));
  expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true, inconclusive: false });
  expect(await lockFile(trial)).toMatchObject({ release: A.digest, images: A.content.images });
  expect((await flags(trial)).router.definition).toEqual({ at: 0 });
  expect((await stateIn(trial))?.stays.at(-1)).toMatchObject({ release: A.digest });
});

test("the first release of an environment that fails leaves nothing there", async () => {
  const trial = await project({ check: 1 });
  const outcome = await promote({ release: A.digest }, trialSite(trial));
  expect(outcome).toMatchObject({ outcome: "rolled-back", held: true });
  expect(outcome).not.toHaveProperty("runs");
  await expect(lockFile(trial)).rejects.toThrow("ENOENT");
  // And the next one enters as if nothing had been.
  expect(await promote({ release: B.digest }, trialSite({ ...trial, check: 0 }))).toMatchObject({
    outcome: "promoted",
  });
});

test("a rollback goes to the last verified release, not to one that was taken back, and holds", async () => {
  const trial = await project();
  for (const { digest } of [A, B, C]) await promote({ release: digest }, trialSite(trial));
  const because = "it forgets orders";
  expect(await rollback({ because }, trialSite(trial))).toMatchObject({
    outcome: "rolled-back",
    runs: B.digest,
  });
  expect(await lockFile(trial)).toMatchObject({ release: B.digest });
  expect((await flags(trial)).router.definition).toEqual({ at: 0 });
  expect((await stateIn(trial))?.held?.because).toContain(because);
  expect(await rollback({ because }, trialSite(trial))).toMatchObject({ runs: A.digest });
  await expect(rollback({ because }, trialSite(trial))).rejects.toThrow("no other release was verified");
  expect(await rollback({ to: C.digest, because }, trialSite(trial))).toMatchObject({ runs: C.digest });
});

test("a rollback takes over what is under way, whose holder is refused from then on", async () => {
  const trial = await project();
  await promote({ release: A.digest }, trialSite(trial));
  let outcome: object | undefined;
  const at = async (moment: string) => {
    if (moment !== "canary-10-percent: share") return;
    outcome = await rollback({ because: "it burns" }, trialSite(trial));
  };
  await expect(promote({ release: B.digest }, trialSite({ ...trial, at }))).rejects.toThrow(
    "promotion/taken-over",
  );
  expect(outcome).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true });
  expect(await lockFile(trial)).toMatchObject({ release: A.digest });
  expect((await flags(trial)).router.definition).toEqual({ at: 0 });
});

test("while one is under way the others are told who holds it, and nobody else goes on with it", async () => {
  const trial = await project();
  const told: string[] = [];
  const at = async (moment: string) => {
    if (moment !== "verify: begun") return;
    for (const work of [
      () => promote({ release: C.digest }, trialSite(trial)),
      () => resume(trialSite(trial)),
      () => abort({ ...trialSite(trial), holder: { by: "eve", host: "elsewhere", pid: 1 } }),
    ])
      told.push(await work().then(String, (error: Error) => error.message));
  };
  await promote({ release: A.digest }, trialSite({ ...trial, at }));
  expect(told).toHaveLength(3);
  for (const one of told)
    expect(one).toMatch(new RegExp(`^promotion/locked: .*robot \\(process ${process.pid} on`));
});

test("a lock file that was edited, put back or removed is refused, told with the way out, and written anew by that", async () => {
  const trial = await project();
  await promote({ release: A.digest }, trialSite(trial));
  const path = join(trial.root, "promotion/shop/prod.lock.json");
  const text = await readFile(path, "utf8");
  const stays = (await stateIn(trial))?.stays;
  for (const edited of [text.replace("registry", "registri"), `${text}\n`, undefined]) {
    if (edited === undefined) await rm(path);
    else await writeFile(path, edited);
    const outcome = await promote({ release: B.digest }, trialSite(trial));
    expect(outcome).toMatchObject({ outcome: "aborted", runs: A.digest, held: false });
    expect(outcome.because).toMatch(/git restore .*--to sha256:/);
    // Whoever did it finds it as they left it, and the release that runs has run on.
    expect(await readFile(path, "utf8").catch(() => undefined)).toBe(edited);
    expect((await stateIn(trial))?.stays).toEqual(stays);
  }
  const back = await rollback({ to: A.digest, because: "as it was" }, trialSite(trial));
  expect(back).toMatchObject({ outcome: "rolled-back", runs: A.digest });
  expect(await lockFile(trial)).toMatchObject({ release: A.digest });
});

test("traffic that cannot be moved back keeps no release from going back, and is told until it can be (WV-19)", async () => {
  const trial = await project();
  await promote({ release: A.digest }, trialSite(trial));
  const site = trialSite({ ...trial, errors: 300 });
  const stuck = {
    ...(site.canary as Canary),
    back: {
      name: "canary",
      changes: true,
      run: async () => {
        throw new ProblemsError([{ rule: "promotion/flag", severity: "error", message: "no answer" }]);
      },
    },
  };
  await expect(promote({ release: B.digest }, { ...site, canary: stuck })).rejects.toThrow("no answer");
  expect(await lockFile(trial)).toMatchObject({ release: A.digest });
  // Its process is gone; whoever goes on can reach the flag again.
  const later = { ...site, now: () => new Date(Date.now() + 3_600_000) };
  expect(await resume(later)).toMatchObject({ outcome: "rolled-back", runs: A.digest, held: true });
  expect((await flags(trial)).router.definition).toEqual({ at: 0 });
});

test("what may not enter is refused, and the ledger has that; who waits is let in once it may", async () => {
  const trial = await project();
  const site = trialSite(trial);
  let looks = 0;
  const told: string[] = [];
  const closed = {
    ...site,
    say: (line: string) => void told.push(line),
    sleep: async () => {},
    mayEnter: async () => {
      looks++;
      const may = looks > 3;
      return { may, way: "usual" as const, because: [may ? "it is open" : "it is closed; open it"] };
    },
  };
  await expect(promote({ release: A.digest }, closed)).rejects.toThrow(
    "promotion/refused: it is closed; open it",
  );
  const { records } = await site.ledger.read();
  expect(records.at(-1)?.entry).toEqual({
    ...{ kind: "refusal", what: "promotion", release: A.digest, environment: ENVIRONMENT },
    reasons: ["it is closed; open it"],
  });
  expect(await promote({ release: A.digest, waitSeconds: 60 }, closed)).toMatchObject({
    outcome: "promoted",
  });
  expect(looks).toBe(4);
  // Twice it looked in vain, and said so once.
  expect(told.filter((line) => line.startsWith("waiting until"))).toHaveLength(1);
});

test("who is interrupted leaves it under way, and another goes on with it or ends it", async () => {
  const trial = await project();
  await promote({ release: A.digest }, trialSite(trial));
  const gone = (site: Site) => ({ ...site, now: () => new Date(Date.now() + 3_600_000) });
  for (const [end, runs] of [
    [abort, A],
    [resume, B],
  ] as const) {
    const interruption = new AbortController();
    const at = async (moment: string) => {
      if (moment === "canary-10-percent: done") interruption.abort(new Error("interrupted"));
    };
    const site = { ...trialSite({ ...trial, at }), signal: interruption.signal };
    await expect(promote({ release: B.digest }, site)).rejects.toThrow("interrupted");
    expect((await stateIn(trial))?.underWay).toBeDefined();
    expect(await end(gone(trialSite(trial)))).toMatchObject({ runs: runs.digest, held: false });
    expect(await lockFile(trial)).toMatchObject({ release: runs.digest });
  }
});
