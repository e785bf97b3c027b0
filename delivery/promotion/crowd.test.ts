// Many who promote at once, each from a clone of its own: the ledger is on a ref of the remote, the lock file on a branch.
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { exitCodes } from "../../cli/exit-codes.ts";
import { howMany } from "../../tests/how-many.ts";
import { openPromoters, type Promoters } from "./fixtures/promoters.ts";
import { type Trial, trialRelease, trialSite } from "./fixtures/trial-site.ts";

vi.setConfig({ testTimeout: howMany(20, 120) * 60_000, hookTimeout: 10 * 60_000 });

let promoters: Promoters;
beforeAll(async () => {
  promoters = await openPromoters();
});
afterAll(() => promoters.close());

const IDENTITY = {
  ...{ GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@b" },
  ...{ GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@b" },
};
const git = (cwd: string, ...args: string[]) => execa("git", args, { cwd, env: IDENTITY });

/** A bare repository with a branch to deploy from. */
async function remoteIn(folder: string): Promise<string> {
  const [remote, seed] = [join(folder, "remote.git"), join(folder, "seed")];
  await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", remote);
  await git(folder, "clone", "--quiet", remote, seed);
  await git(seed, "commit", "--quiet", "--allow-empty", "--message=begin");
  await git(seed, "push", "--quiet", "origin", "HEAD:refs/heads/main", "HEAD:refs/heads/deploy");
  return remote;
}

async function clonesOf(remote: string, many: number): Promise<Trial[]> {
  const { folder, pem } = promoters;
  const clones: Trial[] = [];
  for (let i = 0; i < many; i++) {
    const root = join(folder, `clone-${i}`);
    await git(folder, "clone", "--quiet", remote, root);
    const ledger = { kind: "git" as const, remote: "origin", ref: "refs/fairlead/shop" };
    clones.push({ root, pem, remote: "origin", ledger });
  }
  return clones;
}

test("of many who promote at once one wins each round, and the others are told who (WV-19)", async ({
  annotate,
}) => {
  const [many, rounds] = [howMany(8, 50), howMany(2, 3)];
  const remote = await remoteIn(promoters.folder);
  const clones = await clonesOf(remote, many);
  const { ledger } = trialSite(clones[0] as Trial);
  const releases = Array.from({ length: rounds }, (_, i) => trialRelease(String(i + 1)));
  for (const { content } of releases) await ledger.add(() => ({ kind: "release", release: content }));
  for (const { digest } of releases) {
    // Who has begun waits until all have tried.
    const all = clones.map((trial) => promoters.start({ ...trial, release: digest, stop: "begin: done" }));
    const losers = () => all.filter(({ lines }) => lines.at(-1)?.startsWith("refused "));
    await expect.poll(() => losers().length, { timeout: howMany(15, 60) * 60_000 }).toBe(many - 1);
    const [winner] = all.filter((one) => !losers().includes(one));
    for (const loser of losers()) {
      const { exitCode, last } = await loser.ended;
      expect(exitCode).toBe(exitCodes.lockHeld);
      expect(last).toContain(
        `promotion/locked: ${digest.slice(7, 19)} is being promoted to prod by robot (process ${winner?.child.pid} on`,
      );
    }
    winner?.child.kill("SIGCONT");
    expect((await winner?.ended)?.last).toMatch(/^outcome .*"promoted"/);
    const lockFile = await git(remote, "show", "deploy:promotion/shop/prod.lock.json");
    expect(JSON.parse(lockFile.stdout)).toMatchObject({ release: digest });
  }
  const { records } = await ledger.read();
  expect(records.filter(({ entry }) => entry.kind === "begun")).toHaveLength(rounds);
  await annotate(`${many} promoters from clones of their own, ${rounds} rounds: one winner each`);
});
